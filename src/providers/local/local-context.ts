import type { ProviderContext } from "../provider.ts";

/** What a built-in generator may use while it works. */
export interface LocalContext extends ProviderContext {
  /** Where it makes its files. */
  workFolder: string;
}
