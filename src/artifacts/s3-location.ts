/** A place in an S3-compatible store, as `RELAIS_ARTIFACTS` names it. */
export interface S3Location {
  bucket: string;
  /** What the names of objects begin with; empty, or with a slash at its end. */
  prefix: string;
  /** `https://minio.local:9000`; null: Amazon's own, which follows from the region. */
  endpoint: string | null;
  /** Null: that of the environment. */
  region: string | null;
  /** Where the bucket stands in an address: in its path, as servers of one's own want it, or in the name of its host. */
  addressing: "path" | "host";
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[\w.-]+(?:\/[\w.-]+)*\/?)?$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const PARAMETERS = new Set(["endpoint", "region", "addressing"]);

/** Reads `s3://bucket/prefix?endpoint=https://…&region=…&addressing=path`; null where it is not that. */
export function parseS3Location(text: string): S3Location | null {
  if (!text.startsWith("s3://") || /\/\.{1,2}(?:[/?]|$)/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const { searchParams, hash, username, password, port } = url;
  if (hash + username + password + port !== "") return null;
  if ([...searchParams.keys()].some((name) => !PARAMETERS.has(name))) return null;
  const prefix = url.pathname.replace(/^\//, "").replace(/\/$/, "");
  const endpoint = searchParams.get("endpoint");
  const region = searchParams.get("region");
  const addressing = searchParams.get("addressing");
  if (!BUCKET.test(url.host) || !PREFIX.test(prefix)) return null;
  if (endpoint !== null && !isOrigin(endpoint)) return null;
  if (region !== null && !REGION.test(region)) return null;
  if (addressing !== null && addressing !== "path" && addressing !== "host") return null;
  return {
    bucket: url.host,
    prefix: prefix === "" ? "" : `${prefix}/`,
    endpoint: endpoint === null ? null : new URL(endpoint).origin,
    region,
    // Certificates of Amazon are for names without a dot before the service's own.
    addressing: addressing ?? (endpoint === null && !url.host.includes(".") ? "host" : "path"),
  };
}

/** An http or https address of a server and nothing more. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  const isBare = pathname === "/" && username + password + search + hash === "";
  return isBare && (protocol === "http:" || protocol === "https:");
}

/** The address of an object, or of the bucket where the name is empty. */
export function addressOf(location: S3Location, region: string, name: string): URL {
  const endpoint = new URL(location.endpoint ?? `https://s3.${region}.amazonaws.com`);
  if (location.addressing === "path") {
    endpoint.pathname = `/${location.bucket}/${location.prefix}${name}`;
  } else {
    endpoint.host = `${location.bucket}.${endpoint.host}`;
    endpoint.pathname = `/${location.prefix}${name}`;
  }
  return endpoint;
}
