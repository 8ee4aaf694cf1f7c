import { FAKE_ANTHROPIC_KEY, startFakeAnthropic } from "../support/fake-anthropic.ts";
import { FAKE_ELEVENLABS_KEY, startFakeElevenlabs } from "../support/fake-elevenlabs.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "../support/fake-openai.ts";
import type { FakeServer } from "../support/fake-server.ts";

export interface Vendors {
  openai: FakeServer;
  anthropic: FakeServer;
  elevenlabs: FakeServer;
  /** Keys and addresses that lead a server to them. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Every vendor that can be called live, on loopback. @param text what the text models write. */
export async function startVendors(text: string): Promise<Vendors> {
  const [openai, anthropic, elevenlabs] = await Promise.all([
    startFakeOpenai({ text }),
    startFakeAnthropic({ text }),
    startFakeElevenlabs(),
  ]);
  return {
    openai,
    anthropic,
    elevenlabs,
    env: {
      OPENAI_API_KEY: FAKE_OPENAI_KEY,
      OPENAI_BASE_URL: `${openai.url}/v1`,
      ANTHROPIC_API_KEY: FAKE_ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: `${anthropic.url}/v1`,
      ELEVENLABS_API_KEY: FAKE_ELEVENLABS_KEY,
      ELEVENLABS_BASE_URL: elevenlabs.url,
    },
    async stop() {
      await Promise.all([openai.stop(), anthropic.stop(), elevenlabs.stop()]);
    },
  };
}
