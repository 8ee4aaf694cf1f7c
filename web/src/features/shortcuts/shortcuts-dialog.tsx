import { Modal, Switch } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { turnCharacterShortcuts, useCharacterShortcuts } from "./character-shortcuts.ts";
import { hasMacKeys, keyNames } from "./key-names.ts";
import { isOfCharacters, SHORTCUT_IDS, shortcutOf, type Press, type ShortcutId } from "./shortcuts.ts";
import classes from "./shortcuts.module.css";

const GROUPS = ["anywhere", "editor", "step"] as const;

/** Every shortcut of the page with its keys as this machine names them, and the switch for those of plain characters. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const areCharactersOn = useCharacterShortcuts();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("builder.shortcuts.title")}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      <Switch
        size="md"
        label={t("builder.shortcuts.characters")}
        description={t("builder.shortcuts.charactersHelp")}
        checked={areCharactersOn}
        onChange={(event) => {
          turnCharacterShortcuts(event.currentTarget.checked);
        }}
      />
      {GROUPS.map((group) => (
        <section key={group} className={classes.group} aria-labelledby={`shortcuts-${group}`}>
          <h3 id={`shortcuts-${group}`}>{t(`builder.shortcuts.groups.${group}`)}</h3>
          <dl className={classes.list}>
            {SHORTCUT_IDS.filter((id) => shortcutOf(id).group === group).map((id) => (
              <Line key={id} id={id} isOff={!areCharactersOn && isOfCharacters(shortcutOf(id))} />
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}

function Line({ id, isOff }: { id: ShortcutId; isOff: boolean }) {
  const { t } = useTranslation();
  const { ways } = shortcutOf(id);
  return (
    <div className={classes.line} data-off={isOff || undefined}>
      <dt>
        {t(`builder.shortcuts.does.${id}`)}
        {isOff && <span className={classes.off}>{t("builder.shortcuts.off")}</span>}
      </dt>
      <dd>
        {ways.map((presses, index) => (
          <Fragment key={JSON.stringify(presses)}>
            {index > 0 && <span className={classes.between}>{t("builder.shortcuts.or")}</span>}
            {presses.map((press, place) => (
              <Fragment key={JSON.stringify(press)}>
                {place > 0 && <span className={classes.between}>{t("builder.shortcuts.then")}</span>}
                <Keys press={press} />
              </Fragment>
            ))}
          </Fragment>
        ))}
      </dd>
    </div>
  );
}

/** The keys of one press, each as it is printed. */
function Keys({ press }: { press: Press }) {
  const { t } = useTranslation();
  const names = keyNames(press, hasMacKeys(navigator.userAgent));
  const words = names.map((name) => ("sign" in name ? name.sign : t(`builder.keys.${name.word}`)));
  return (
    <span className={classes.keys}>
      {words.map((word) => (
        <kbd key={word}>{word}</kbd>
      ))}
    </span>
  );
}
