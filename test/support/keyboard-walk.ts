import type { Page } from "playwright-core";

/** More than any screen has; a walk that is not round by then is caught somewhere. */
const MOST_PRESSES = 600;
const PRESSES_BETWEEN_LOOKS = 20;

declare global {
  interface Window {
    keyboardWalk: KeyboardWalk;
  }
}

/**
 * Walks over the screen with Tab until it is where it began, and then through each group of which Tab reaches one only with
 * the arrow keys.
 * @returns what somebody without a pointer could not do: one line a place. The page may be in another state afterwards.
 */
export async function walkByKeyboard(page: Page): Promise<string[]> {
  // What moves towards its look would be taken for a look of its own.
  await page.addStyleTag({
    content: "*, ::before, ::after { transition: none !important; animation: none !important }",
  });
  await page.evaluate(`window.keyboardWalk = new (${KeyboardWalk.toString()})()`);
  let presses = 0;
  do {
    for (let press = 0; press < PRESSES_BETWEEN_LOOKS; press += 1) await page.keyboard.press("Tab");
    presses += PRESSES_BETWEEN_LOOKS;
  } while (presses < MOST_PRESSES && !(await page.evaluate(() => window.keyboardWalk.isRound())));
  for (;;) {
    const members = await page.evaluate(() => window.keyboardWalk.enterNextGroup());
    if (members === 0) break;
    for (const key of ["ArrowRight", "ArrowDown"]) {
      for (let press = 0; press < members; press += 1) await page.keyboard.press(key);
    }
  }
  return page.evaluate(() => window.keyboardWalk.problems());
}

/** Runs in the page, alone: it sees nothing of this file but itself. */
class KeyboardWalk {
  readonly #operable = [
    "a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], video[controls]",
    "[tabindex], [contenteditable=true]",
    ...["button", "link", "tab", "radio", "checkbox", "switch", "menuitem", "slider", "combobox"].map(
      (role) => `[role=${role}]`,
    ),
  ].join(", ");
  readonly #group =
    "[role=radiogroup], [role=tablist], [role=menu], [role=grid], [role=tree], [role=toolbar]";
  /** In which the focus stays while it is open. */
  readonly #scope =
    [...document.querySelectorAll("[aria-modal=true], dialog:modal")].findLast((dialog) =>
      dialog.checkVisibility(),
    ) ?? document.body;
  readonly #wanted = this.#operables();
  readonly #looks = new Map<Element, string>();
  readonly #focused = new Map<Element, string>();
  readonly #stops: Element[] = [];
  readonly #entered = new Set<Element>();

  constructor() {
    for (const element of this.#wanted) {
      if (element !== document.activeElement) this.#looks.set(element, this.#look(element));
    }
    let last = document.activeElement;
    document.addEventListener("focusin", ({ target }) => {
      if (!(target instanceof Element)) return;
      if (last !== null && !this.#looks.has(last)) this.#looks.set(last, this.#look(last));
      last = target;
      this.#stops.push(target);
      if (!this.#focused.has(target)) this.#focused.set(target, this.#look(target));
    });
  }

  isRound(): boolean {
    const first = this.#stops[0];
    return first !== undefined && this.#stops.lastIndexOf(first) > 0;
  }

  /** Puts the focus into a group that has members which Tab has not reached; says how many it has. */
  enterNextGroup(): number {
    for (const missed of this.#missed()) {
      const group = missed.closest(this.#group);
      if (group === null || this.#entered.has(group)) continue;
      this.#entered.add(group);
      const members = this.#wanted.filter((element) => group.contains(element));
      const entrance = members.find((element) => this.#focused.has(element));
      if (!(entrance instanceof HTMLElement)) continue;
      entrance.focus();
      return members.length;
    }
    return 0;
  }

  problems(): string[] {
    const say = (what: string, elements: readonly Element[]) =>
      elements.map((element) => `${what}: ${this.#name(element)}`);
    window.axe.setup(document.documentElement);
    const reached = [...this.#focused.keys()].filter((element) => element.isConnected);
    const problems = [
      ...(this.isRound() ? [] : say("caught", this.#stops.slice(-1))),
      ...say("never reached", this.#missed()),
      ...say(
        "reached unseen",
        reached.filter((element) => this.#focused.get(element) === this.#looks.get(element)),
      ),
      ...say(
        "without a name",
        reached.filter((element) => window.axe.commons.text.accessibleText(element).trim() === ""),
      ),
      ...say("for a pointer only", this.#forPointers()),
      ...say("out of order", this.#outOfOrder()),
      ...say(
        "in an order of its own",
        this.#wanted.filter((element) => element instanceof HTMLElement && element.tabIndex > 0),
      ),
    ];
    window.axe.teardown();
    return problems;
  }

  #operables(): Element[] {
    return [...this.#scope.querySelectorAll(this.#operable)].filter((element) => this.#isOperable(element));
  }

  #isOperable(element: Element): boolean {
    if (element.matches(":disabled, [aria-disabled=true]") || element.closest("[inert], [aria-hidden=true]"))
      return false;
    if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const { width, height } = element.getBoundingClientRect();
    if (width === 0 || height === 0) return false;
    // A place that a script puts the focus at, which nobody operates.
    const isPlace = element.getAttribute("tabindex") === "-1" && !element.matches(this.#kinds());
    return !isPlace && !element.matches("[role=option], [role=dialog]");
  }

  #kinds(): string {
    return this.#operable.replace("[tabindex], ", "");
  }

  #missed(): Element[] {
    return this.#wanted.filter(
      (element) => !this.#focused.has(element) && this.#isOperable(element) && !this.#isOtherRadio(element),
    );
  }

  /** Of radio buttons of one name, the browser itself goes from one to the next. */
  #isOtherRadio(element: Element): boolean {
    return (
      element instanceof HTMLInputElement &&
      element.type === "radio" &&
      [...this.#focused.keys()].some(
        (one) => one instanceof HTMLInputElement && one.type === "radio" && one.name === element.name,
      )
    );
  }

  /** Of the element and what is right around it, where the mark of the focus may be drawn. */
  #look(element: Element): string {
    const { parentElement } = element;
    const near = [element, ...element.children, ...(parentElement?.children ?? [])];
    const around = [parentElement, parentElement?.parentElement].filter((one) => one instanceof Element);
    const marks = [...near, ...around].flatMap((one) => {
      const styles = [
        getComputedStyle(one),
        ...["::before", "::after"].map((part) => getComputedStyle(one, part)),
      ];
      return styles.map(({ outlineStyle, outlineColor, outlineWidth, boxShadow, borderColor }) =>
        outlineStyle === "none"
          ? `${boxShadow} ${borderColor}`
          : `${outlineStyle} ${outlineColor} ${outlineWidth} ${boxShadow} ${borderColor}`,
      );
    });
    return marks.join("\n");
  }

  /** What React lets a click do something on, shows so, and is neither operable nor part of what is. */
  #forPointers(): Element[] {
    return [...this.#scope.querySelectorAll("*")].filter((element) => {
      const key = Object.keys(element).find((name) => name.startsWith("__reactProps$"));
      const props: unknown = key === undefined ? undefined : Reflect.get(element, key);
      if (typeof props !== "object" || props === null || !("onClick" in props)) return false;
      if (typeof props.onClick !== "function" || getComputedStyle(element).cursor !== "pointer") return false;
      if (!element.checkVisibility({ visibilityProperty: true })) return false;
      return element.closest(`${this.#operable}, label, [role=option], [aria-hidden=true]`) === null;
    });
  }

  /** Stops that are above, or in the same row on the left of, the one before. */
  #outOfOrder(): Element[] {
    const first = this.#stops[0];
    const end = first === undefined ? -1 : this.#stops.indexOf(first, 1);
    const round = this.#stops.slice(0, end === -1 ? undefined : end).filter(({ isConnected }) => isConnected);
    return round.filter((next, index) => {
      const before = round[index - 1];
      // Where the page begins anew.
      if (before === undefined || !(before.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING))
        return false;
      return this.#goesBack(before, next);
    });
  }

  #goesBack(before: Element, next: Element): boolean {
    let common: Element | null = before;
    while (common !== null && !common.contains(next)) common = common.parentElement;
    const branchOf = (element: Element) =>
      [...(common?.children ?? [])].find((child) => child.contains(element)) ?? element;
    const branches = [branchOf(before), branchOf(next)];
    if (branches.some((branch) => !["static", "relative"].includes(getComputedStyle(branch).position)))
      return false;
    const [one, other] = branches.map((branch) => branch.getBoundingClientRect());
    if (one === undefined || other === undefined) return false;
    const sharesColumn = other.left < one.right && one.left < other.right;
    const sharesRow = other.top < one.bottom && one.top < other.bottom;
    return (sharesColumn && other.bottom <= one.top) || (sharesRow && other.right <= one.left);
  }

  #name(element: Element): string {
    const words = window.axe.commons.text.accessibleText(element).trim().slice(0, 60);
    const { outerHTML } = element;
    return `${words} ${outerHTML.slice(0, Math.min(160, outerHTML.indexOf(">") + 1))}`;
  }
}
