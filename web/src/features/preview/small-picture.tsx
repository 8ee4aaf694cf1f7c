import { useState, type ReactNode } from "react";

/** The sides of the square into which the server fits a small picture, in pixels. */
type Side = 160 | 320;

interface SmallPictureProps {
  /** Of a stored picture or film, whole. */
  url: string;
  /** What it takes on the page at most, in CSS pixels. */
  side: Side;
  alt: string;
  /** Of the whole. */
  width?: number | undefined;
  height?: number | undefined;
  className?: string | undefined;
  /** What stands in its place where the server cannot make it small. */
  instead: ReactNode;
}

/** A picture, or one of a film, made small by the server: a list of fifty is not fifty whole files. */
export function SmallPicture({ url, side, instead, alt, ...size }: SmallPictureProps) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) {
    return instead;
  }
  return (
    <img
      {...size}
      src={smallUrl(url, side)}
      srcSet={`${smallUrl(url, side)} 1x, ${smallUrl(url, side === 160 ? 320 : 640)} 2x`}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => {
        setBroken(true);
      }}
    />
  );
}

function smallUrl(url: string, side: Side | 640): string {
  return `${url}?thumbnail=${side}`;
}
