// A button that a role may press. Others can reach it and read which role it needs.
import { Button, Tooltip, type ButtonProps } from "antd";
import { useMay } from "../session";
import type { Role } from "../wire";
import { fill, useWords } from "../words";

export function RoleButton({ need, hint, disabled, onClick, ...rest }: ButtonProps & { need: Role; hint?: string }) {
  const { w } = useWords();
  const isAllowed = useMay(need);
  const title = isAllowed ? hint : fill(w.roles.needs, { role: w.roles[need] });
  if (isAllowed)
    return (
      <Tooltip title={title}>
        <Button {...rest} disabled={disabled} onClick={onClick} />
      </Tooltip>
    );
  return (
    <Tooltip title={title}>
      <Button {...rest} type="default" danger={false} className="barred" aria-disabled />
    </Tooltip>
  );
}
