// Parts of a page, each at an address of its own: links that look like tabs.
import { NavLink } from "react-router";

export function Sections({ label, places }: { label: string; places: { to: string; name: string; end?: boolean }[] }) {
  return (
    <nav className="sections" aria-label={label}>
      {places.map(({ to, name, end = true }) => (
        <NavLink key={to} to={to} end={end}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
