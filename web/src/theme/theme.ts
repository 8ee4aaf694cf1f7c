import { ActionIcon, Button, createTheme, Modal, type CSSVariablesResolver } from "@mantine/core";

const INTERFACE_FONT = "'Inter Variable', system-ui, sans-serif";
const TITLE_FONT = "'Fraunces Variable', Georgia, serif";

/** A quiet studio: warm white or near-black, one petrol accent, hairlines instead of shadows. */
export const theme = createTheme({
  fontFamily: INTERFACE_FONT,
  headings: { fontFamily: TITLE_FONT, fontWeight: "500" },
  defaultRadius: 10,
  cursorType: "pointer",
  respectReducedMotion: true,
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 6 },
  autoContrast: true,
  colors: {
    petrol: [
      "#e8f3f1",
      "#cfe6e2",
      "#a9d2cc",
      "#84bfb8",
      "#6bb5ac",
      "#3f948b",
      "#23796f",
      "#186a62",
      "#12605b",
      "#0b4844",
    ],
    gray: [
      "#fbfaf7",
      "#f4f2ec",
      "#eae7df",
      "#dcd8ce",
      "#c9c4b8",
      "#a8a296",
      "#7d776c",
      "#5f5a51",
      "#3f3b35",
      "#23211d",
    ],
    dark: [
      "#ece9e3",
      "#cfcbc3",
      "#a8a49b",
      "#7f7b73",
      "#3a3834",
      "#2b2a27",
      "#1f1e1c",
      "#151413",
      "#100f0e",
      "#0b0a0a",
    ],
  },
  components: {
    Button: Button.extend({
      defaultProps: { size: "md" },
      styles: { root: { "--button-fz": "0.9375rem", fontWeight: 550 } },
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 40, variant: "subtle", color: "gray" } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, padding: 24, overlayProps: { backgroundOpacity: 0.45, blur: 3 } },
      styles: { title: { fontFamily: TITLE_FONT, fontSize: "1.375rem" } },
    }),
    TextInput: { defaultProps: { size: "md" } },
    NumberInput: { defaultProps: { size: "md" } },
    Textarea: { defaultProps: { size: "md" } },
    Select: { defaultProps: { size: "md" } },
  },
});

/** Colours of Mantine's own parts; the page's own variables stand in `theme.css`. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fbfaf7",
    "--mantine-color-text": "#23211d",
    "--mantine-color-dimmed": "#5f5a51",
    "--mantine-color-placeholder": "#7a7469",
    "--mantine-color-default": "#ffffff",
    "--mantine-color-default-hover": "#f4f2ec",
    "--mantine-color-default-border": "#dcd8ce",
    "--mantine-color-error": "#b3261e",
  },
  dark: {
    "--mantine-color-body": "#151413",
    "--mantine-color-text": "#ece9e3",
    "--mantine-color-dimmed": "#a8a49b",
    "--mantine-color-placeholder": "#8d8981",
    "--mantine-color-default": "#1c1b19",
    "--mantine-color-default-hover": "#262522",
    "--mantine-color-default-border": "#3a3834",
    "--mantine-color-error": "#ff9d94",
  },
});
