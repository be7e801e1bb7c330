// Addresses under /shop/, without reloading the page.

export interface Page {
  title: string;
  element: HTMLElement;
  /** Called before another page takes its place. */
  leave?(): void;
}

type Show = (path: string[], query: URLSearchParams, arrived: boolean) => void;

const BASE = "/shop/";
let show: Show = () => {};
let listening = false;

function run(arrived: boolean): void {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : "";
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  show(parts, new URLSearchParams(location.search), arrived);
}

/** Shows the page of the current address now, and of every later one. */
export function onRoute(next: Show): void {
  show = next;
  if (!listening) {
    listening = true;
    addEventListener("popstate", () => run(false));
    document.addEventListener("click", followed);
  }
  run(false);
}

export function go(href: string): void {
  history.pushState(null, "", href);
  run(true);
}

/** A plain click on one of the shop's own links; all others are the browser's. */
function followed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-route]");
  if (!link || link.target) return;
  event.preventDefault();
  go(link.href);
}
