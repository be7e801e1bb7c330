// The frame: skip link, menu, banner while the server is away, and the page.
import {
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  ExperimentOutlined,
  MenuOutlined,
  SettingOutlined,
  ShoppingOutlined,
  TeamOutlined,
  ThunderboltOutlined,
} from "@ant-design/icons";
import { Button, Drawer } from "antd";
import { Suspense, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { NavLink, Outlet, useLocation } from "react-router";
import { link } from "../link";
import { useWords } from "../words";
import type { Words } from "../words/en";
import { Choices } from "./Choices";
import { Waiting } from "./Waiting";

type PageName = Exclude<keyof Words["nav"], "watch" | "work" | "learn" | "run">;
const GROUPS: [keyof Words["nav"], [PageName, ReactNode][]][] = [
  [
    "watch",
    [
      ["overview", <DashboardOutlined key="o" />],
      ["decisions", <AuditOutlined key="d" />],
    ],
  ],
  [
    "work",
    [
      ["recommend", <ThunderboltOutlined key="r" />],
      ["customers", <TeamOutlined key="c" />],
      ["items", <ShoppingOutlined key="i" />],
    ],
  ],
  [
    "learn",
    [
      ["models", <ApartmentOutlined key="m" />],
      ["experiments", <ExperimentOutlined key="e" />],
    ],
  ],
  [
    "run",
    [
      ["data", <DatabaseOutlined key="d" />],
      ["webhooks", <ApiOutlined key="w" />],
      ["settings", <SettingOutlined key="s" />],
    ],
  ],
];

function Mark() {
  const { w } = useWords();
  return (
    <NavLink to="/" end className="mark">
      <img src="/console/mark.svg" alt="" width={26} height={26} />
      <span>
        {w.app.name}
        <small>{w.app.tagline}</small>
      </span>
    </NavLink>
  );
}

function Menu() {
  const { w } = useWords();
  return (
    <nav className="menu" aria-label={w.app.pages}>
      {GROUPS.map(([group, pages]) => (
        <div key={group}>
          <h2>{w.nav[group]}</h2>
          <ul>
            {pages.map(([page, icon]) => (
              <li key={page}>
                <NavLink to={page === "overview" ? "/" : `/${page}`} end={page === "overview"}>
                  {icon}
                  <span>{w.nav[page]}</span>
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Banner() {
  const isDown = useSyncExternalStore(link.watch, link.isDown);
  const { w } = useWords();
  return (
    <div role="status" className="banner" data-shown={isDown}>
      {isDown && w.app.reconnecting}
    </div>
  );
}

export function Shell() {
  const { w } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  const content = useRef<HTMLElement>(null);
  useEffect(() => setOpen(false), [pathname]);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          content.current?.focus();
        }}
      >
        {w.app.skip}
      </a>
      <aside className="side">
        <Mark />
        <Menu />
        <Choices />
      </aside>
      <header className="top">
        <Button type="text" icon={<MenuOutlined />} aria-label={w.app.menu} aria-expanded={isOpen} onClick={() => setOpen(true)} />
        <Mark />
      </header>
      <Drawer open={isOpen} onClose={() => setOpen(false)} placement="left" width={260} title={w.app.name} className="side-drawer">
        <Menu />
        <Choices />
      </Drawer>
      <main id="content" ref={content} tabIndex={-1} className="content">
        <Banner />
        <Suspense fallback={<Waiting label={w.common.loading} />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
