import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem } from "./api/client.ts";
import { App } from "./app.tsx";
import { LiveProvider } from "./features/live/live-provider.tsx";
import { startLanguage } from "./language.ts";
import { resolveVariables, theme } from "./theme/theme.ts";
import { themeStorage } from "./theme/use-theme-choice.ts";

startLanguage();

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A server on this machine answers while the browser believes itself off the network.
      networkMode: "always",
      // A refusal of the server stays one; only a missing answer is asked for again.
      retry: (count, error) => error instanceof ApiProblem && error.code === "unreachable" && count < 2,
    },
    // What is pressed while nothing answers fails in sight, and is not done a minute later by itself.
    mutations: { networkMode: "always" },
  },
});

const root = document.querySelector("#root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={resolveVariables}
        colorSchemeManager={themeStorage}
        defaultColorScheme="auto"
      >
        <QueryClientProvider client={queryClient}>
          <Notifications position="top-right" />
          <LiveProvider>
            <App />
          </LiveProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
