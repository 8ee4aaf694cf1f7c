import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProviders } from "../../api/queries.ts";
import { useFormat } from "../../use-format.ts";
import { priceRows, searchPrices, sourceOf, type PriceRow } from "./price-rows.ts";
import classes from "./prices.module.css";
import settingsClasses from "./settings.module.css";

/** So many models at first; the others on request. */
const FIRST = 12;

/** The prices that estimates and caps reckon with: of which day, and where they were read. */
export function PricesSection() {
  const { t } = useTranslation();
  const list = useProviders();
  const [text, setText] = useState("");
  const [isWhole, setWhole] = useState(false);
  const rows = list.data === undefined ? [] : searchPrices(priceRows(list.data), text);
  const shown = isWhole ? rows : rows.slice(0, FIRST);
  return (
    <section id="prices" className={settingsClasses.section} aria-labelledby="prices-heading">
      <h2 id="prices-heading">{t("settings.sections.prices")}</h2>
      <p className={settingsClasses.lead}>{t("settings.prices.lead")}</p>
      <TextInput
        className={classes.search}
        type="search"
        label={t("settings.prices.search")}
        leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {list.data !== undefined && rows.length === 0 && (
        <p className={classes.nothing}>{t("settings.prices.nothingFound")}</p>
      )}
      {shown.length > 0 && <PriceTable rows={shown} />}
      {rows.length > shown.length && (
        <Button variant="default" onClick={() => setWhole(true)}>
          {t("settings.prices.showAll", { number: rows.length })}
        </Button>
      )}
      <p className={classes.legend}>{t("settings.prices.legend")}</p>
    </section>
  );
}

function PriceTable({ rows }: { rows: readonly PriceRow[] }) {
  const { t } = useTranslation();
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t("settings.prices.model")}</th>
          <th scope="col">{t("settings.prices.price")}</th>
          <th scope="col">{t("settings.prices.source")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <code>{row.id}</code>
              <span className={classes.provider}>{row.providerName}</span>
            </th>
            <td>
              <Prices row={row} />
            </td>
            <td>
              <Sources row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Prices({ row: { prices, without } }: { row: PriceRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (without !== null) return t(`settings.prices.without.${without}`);
  return (
    <ul className={classes.list}>
      {prices.map((price) => {
        // French has a plural of its own for millions, which the texts do without.
        const unit = t(`settings.prices.unit.${price.unit}`, {
          count: Math.min(price.per, 2),
          number: format.number(price.per),
        });
        return (
          <li key={`${price.unit} ${price.usd} ${price.condition ?? ""}`}>
            <span className={classes.amount}>
              {price.is_approximate && "~"}
              {format.price(price.usd)}
            </span>{" "}
            / {unit}
            {price.condition !== null && <span className={classes.condition}> ({price.condition})</span>}
            {price.is_own && <span className={classes.own}>{t("settings.prices.own")}</span>}
          </li>
        );
      })}
    </ul>
  );
}

/** Each place where prices of the model were read, once, with the day. */
function Sources({ row: { prices } }: { row: PriceRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const places = [...new Map(prices.map(({ source, checked }) => [source, checked]))];
  return (
    <ul className={classes.list}>
      {places.map(([source, checked]) => {
        const { href, text } = sourceOf(source);
        return (
          <li key={source}>
            {href === null ? (
              text
            ) : (
              <a href={href} target="_blank" rel="noreferrer">
                {text}
              </a>
            )}
            <span className={classes.day}>{t("settings.prices.asOf", { date: format.day(checked) })}</span>
          </li>
        );
      })}
    </ul>
  );
}
