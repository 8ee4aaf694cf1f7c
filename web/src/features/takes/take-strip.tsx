import { Button } from "@mantine/core";
import { IconArrowsDiagonal, IconPencil } from "@tabler/icons-react";
import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import { useTakes, type TakePlace } from "../../api/takes.ts";
import type { Take } from "../../api/types.ts";
import { Status } from "../../components/status.tsx";
import { useFormat } from "../../use-format.ts";
import { previewOf, Thumbnail } from "../execution/item-tile.tsx";
import { storedFilesOf } from "../preview/stored-file.ts";
import { useInView } from "../preview/use-in-view.ts";
import type { Taking } from "./taking.ts";
import classes from "./takes.module.css";

const AudioPlayer = lazyPart(() => import("../preview/audio-player.tsx"));

interface TakeStripProps extends TakePlace {
  onTake: (taking: Taking) => void;
}

/** The takes of a step below its result, where there is more than one: what this run holds, and what others have made. */
export function TakeStrip({ onTake, ...place }: TakeStripProps) {
  const { t } = useTranslation();
  const [frame, isInView] = useInView<HTMLDivElement>();
  const { stepNumber, item } = place;
  // An item that is opened is looked at by itself; of a whole run, what is scrolled to.
  const list = useTakes(place, { isWanted: isInView || item !== undefined });
  const takes = list.data?.pages.flatMap((page) => page.takes) ?? [];
  const label =
    item === undefined ? t("takes.of", { number: stepNumber }) : t("takes.ofItem", { number: item + 1 });
  return (
    <div ref={frame}>
      {takes.some(({ is_present }) => !is_present) && (
        <section className={classes.strip} aria-label={label}>
          <h4 className={classes.stripTitle}>{t("takes.title")}</h4>
          <ul className={classes.tiles}>
            {takes.map((take) => (
              <li key={take.execution_id}>
                <Tile
                  take={take}
                  onOpen={() => {
                    onTake({ stepNumber, item, shown: [take.execution_id] });
                  }}
                />
              </li>
            ))}
            {list.hasNextPage && (
              <li>
                <Button
                  variant="default"
                  loading={list.isFetchingNextPage}
                  onClick={() => void list.fetchNextPage()}
                >
                  {t("actions.more")}
                </Button>
              </li>
            )}
          </ul>
        </section>
      )}
    </div>
  );
}

/** One take, small. The one that this run holds is marked, and opens nothing. */
function Tile({ take, onOpen }: { take: Take; onOpen: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = take.model ?? t("takes.byHand");
  const price = take.result === null ? null : format.cost(take.cost, "metered");
  const caption = (
    <span className={classes.caption}>
      <span className={classes.model}>{shortName(name)}</span>
      <span className="figures">{take.is_present ? t("takes.present") : price}</span>
      {take.prompt !== null && (
        <span className={classes.prompted}>
          <IconPencil aria-hidden size={14} stroke={1.75} />
          {t("takes.otherPrompt")}
        </span>
      )}
    </span>
  );
  if (take.result?.type === "audio") {
    return <SoundTile take={take} name={name} caption={caption} onOpen={onOpen} />;
  }
  return (
    <div className={classes.tile} aria-current={take.is_present ? "true" : undefined}>
      <Face take={take} name={name} />
      {caption}
      {!take.is_present && (
        <button
          type="button"
          className={classes.opener}
          aria-label={t("takes.open", { name })}
          onClick={onOpen}
        />
      )}
    </div>
  );
}

interface SoundTileProps {
  take: Take;
  name: string;
  caption: ReactNode;
  onOpen: () => void;
}

/** A sound is listened to where it stands. */
function SoundTile({ take, name, caption, onOpen }: SoundTileProps) {
  const { t } = useTranslation();
  const [file] = take.result === null ? [] : storedFilesOf(take.result);
  return (
    <div className={classes.tile} data-kind="audio" aria-current={take.is_present ? "true" : undefined}>
      {file !== undefined && (
        <Suspense fallback={<span className={classes.soundWaits} />}>
          <AudioPlayer file={file} label={name} isCompact />
        </Suspense>
      )}
      <span className={classes.soundRow}>
        {caption}
        {!take.is_present && (
          <Button variant="subtle" size="compact-md" aria-label={t("takes.open", { name })} onClick={onOpen}>
            <IconArrowsDiagonal aria-hidden size={18} stroke={1.75} />
          </Button>
        )}
      </span>
    </div>
  );
}

function Face({ take, name }: { take: Take; name: string }) {
  const { result } = take;
  if (result === null) {
    return (
      <span className={classes.face} data-kind="waits">
        <Status status={take.status} />
      </span>
    );
  }
  if (result.type === "text" || result.type === "json") {
    return <span className={classes.face}>{previewOf(result)}</span>;
  }
  const [file] = storedFilesOf(result);
  return (
    <span className={classes.face} data-kind="picture">
      {file !== undefined && <Thumbnail result={result} file={file} label={name} />}
    </span>
  );
}

/** A model without its provider, where there is little room. */
function shortName(model: string): string {
  return model.slice(model.indexOf(":") + 1);
}
