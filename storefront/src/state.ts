// What the shop itself must remember to work: cart, language, colours, who signed in.
//
// These are things the visitor asked for, so they need no consent. Behaviour is the SDK's matter.

export interface CartLine {
  item_id: string;
  quantity: number;
}

type Language = "zh" | "en";
type Theme = "light" | "dark";

function read<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem("store." + name);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

function write(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem("store." + name);
    else localStorage.setItem("store." + name, JSON.stringify(value));
  } catch {
    // A blocked storage: the shop works until the page is closed.
  }
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const spoken: Language = navigator.language.startsWith("zh") ? "zh" : "en";
const listeners = new Set<() => void>();

let language = read<Language>("language", spoken);
let theme = read<Theme | null>("theme", null);
let cart = read<CartLine[]>("cart", []);
let customer = read<string | null>("customer", null);

export const state = {
  get language(): Language {
    return language;
  },
  set language(next: Language) {
    write("language", (language = next));
  },
  get theme(): Theme {
    return theme ?? (dark.matches ? "dark" : "light");
  },
  set theme(next: Theme) {
    write("theme", (theme = next));
    document.documentElement.dataset.theme = next;
  },
  get customer(): string | null {
    return customer;
  },
  set customer(next: string | null) {
    write("customer", (customer = next));
  },
  get cart(): readonly CartLine[] {
    return cart;
  },
  get pieces(): number {
    return cart.reduce((sum, line) => sum + line.quantity, 0);
  },
};

if (theme) document.documentElement.dataset.theme = theme;

/** Sets how many of an item are in the cart; 0 takes it out. */
export function setQuantity(itemId: string, quantity: number): void {
  const known = cart.some((line) => line.item_id === itemId);
  const changed = known
    ? cart.map((line) => (line.item_id === itemId ? { ...line, quantity } : line))
    : [...cart, { item_id: itemId, quantity }];
  cart = changed.filter((line) => line.quantity > 0);
  write("cart", cart);
  for (const listener of listeners) listener();
}

export function quantityOf(itemId: string): number {
  return cart.find((line) => line.item_id === itemId)?.quantity ?? 0;
}

export function emptyCart(): void {
  cart = [];
  write("cart", null);
  for (const listener of listeners) listener();
}

/** Calls back whenever the cart changes. */
export function onCart(listener: () => void): void {
  listeners.add(listener);
}
