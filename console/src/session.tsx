// Who works here, and what may they do? The session, and roles in rising order.
import { createContext, use } from "react";
import type { Role, Session } from "./wire";

export const ROLES: readonly Role[] = ["viewer", "marketer", "engineer", "owner"];

/** Whether this session may do what needs `role`; an open server lets everybody. */
export function may(session: Session, role: Role): boolean {
  if (session.open) return true;
  return Boolean(session.operator) && ROLES.indexOf(session.operator?.role ?? "viewer") >= ROLES.indexOf(role);
}

export const SessionContext = createContext<Session>({ operator: null, open: false });

export const useMay = (role: Role) => may(use(SessionContext), role);
