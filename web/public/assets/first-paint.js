// Runs before the first paint, so that a chosen theme or language never flashes. A file of its own because the page's
// Content-Security-Policy allows no inline script.
{
  const page = document.documentElement;
  const isDarkSystem = matchMedia("(prefers-color-scheme: dark)").matches;
  page.dataset.mantineColorScheme = isDarkSystem ? "dark" : "light";
  try {
    const theme = localStorage.getItem("relais.theme");
    if (theme === "dark" || theme === "light") {
      page.dataset.mantineColorScheme = theme;
    }
    page.lang = localStorage.getItem("relais.language") === "en" ? "en" : "fr";
  } catch {
    // Storage is refused: the system's theme and French.
  }
}
