import type { Composer } from "./composer.ts";

/** The composed steps, by the name of their model after `local:`. Each is loaded when it is first asked for. */
export const COMPOSERS: Readonly<Record<string, () => Promise<Composer>>> = {};
