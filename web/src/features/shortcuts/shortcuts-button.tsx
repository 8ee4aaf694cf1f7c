import { IconKeyboard } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { lazyPart } from "../../components/lazy-part.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

const ShortcutsDialog = lazyPart(() => import("./shortcuts-dialog.tsx"));

/** Opens the list of shortcuts, and listens for those that hold on every screen. */
export function ShortcutsButton({ className }: { className: string | undefined }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [, navigate] = useLocation();
  useShortcuts({
    list: () => {
      setOpen(true);
    },
    goCombinations: () => {
      navigate("/combinations");
    },
    goExecutions: () => {
      navigate("/combinations/executions");
    },
    goLibrary: () => {
      navigate("/combinations/library");
    },
    goCosts: () => {
      navigate("/combinations/costs");
    },
    goSettings: () => {
      navigate("/combinations/settings");
    },
  });
  return (
    <>
      <button
        type="button"
        className={className}
        onClick={() => {
          setOpen(true);
        }}
      >
        <IconKeyboard size={20} stroke={1.6} aria-hidden />
        <span>{t("builder.shortcuts.button")}</span>
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <ShortcutsDialog
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
