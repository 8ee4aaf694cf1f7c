import type { ProviderConfig, ProviderContext } from "../providers/provider.ts";
import type { Registry } from "../providers/registry.ts";
import { ProviderFailure, type CallContext } from "../workflow/ports.ts";

/** The key with which a call is made, whatever becomes of the settings meanwhile. */
export interface HeldKey {
  contextOf(context: CallContext): ProviderContext;
  /**
   * Asks about a job with the key that bought it, since another may be of another account; where the vendor does not take that
   * one any more, with the one that took its place.
   */
  ask<Answer>(context: CallContext, ask: (context: ProviderContext) => Promise<Answer>): Promise<Answer>;
}

/** Holds the key that is set at this moment. */
export function holdKey(registry: Registry, providerId: string): HeldKey {
  const held = registry.config(providerId);
  return {
    contextOf: (context) => providerContext(context, held),
    async ask(context, ask) {
      try {
        return await ask(providerContext(context, held));
      } catch (error) {
        const now = registry.config(providerId);
        const isReplaced = now.apiKey !== null && now.apiKey !== held.apiKey;
        if (!(error instanceof ProviderFailure) || error.code !== "auth" || !isReplaced) throw error;
        return await ask(providerContext(context, now));
      }
    },
  };
}

function providerContext(context: CallContext, config: ProviderConfig): ProviderContext {
  return {
    config,
    signal: context.signal,
    idempotencyKey: context.idempotencyKey,
    onText: (delta) => context.onText(delta),
    onProgress: (fraction) => context.onProgress(fraction),
  };
}
