import type { Logger } from "pino";
import { findLocalServers, type FoundModel } from "../providers/local-servers.ts";
import type { Settings } from "./config.ts";

/**
 * Looks for servers of models on this machine, where the settings ask for it, and gives the settings as if the addresses of
 * those that were found had been set. Otherwise nothing is asked.
 * @param ports other ports than the usual ones, by provider.
 */
export async function withLocalServers(
  settings: Settings,
  logger: Logger,
  ports: Readonly<Record<string, number>> = {},
): Promise<{ settings: Settings; found: FoundModel[] }> {
  if (!settings.localDiscovery) return { settings, found: [] };
  const known = Object.entries(settings.providers).filter(([, { baseUrl }]) => baseUrl !== null);
  const servers = await findLocalServers({ skip: known.map(([id]) => id), ownPort: settings.port, ports });
  const providers = { ...settings.providers };
  for (const { provider, baseUrl, models } of servers) {
    providers[provider] = { apiKey: providers[provider]?.apiKey ?? null, baseUrl };
    logger.info({ provider, baseUrl, models: models.length }, "found a server on this machine");
  }
  return { settings: { ...settings, providers }, found: servers.flatMap(({ models }) => models) };
}
