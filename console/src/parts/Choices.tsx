// Language, appearance, and who is signed in.
import { LogoutOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Segmented, Tooltip } from "antd";
import { use } from "react";
import { api } from "../api";
import { SessionContext } from "../session";
import { useLanguage, useTheme, type Theme } from "../settings";
import { useWords } from "../words";

export function Choices() {
  const { w } = useWords();
  const [language, setLanguage] = useLanguage();
  const [theme, setTheme] = useTheme();
  const { operator, open } = use(SessionContext);
  const queries = useQueryClient();
  const signOut = async () => {
    queries.setQueryData(["session"], await api.signOut());
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  };
  return (
    <div className="choices">
      <Segmented
        block
        size="small"
        aria-label={w.app.language}
        value={language}
        onChange={setLanguage}
        options={[
          { value: "zh", label: "中文" },
          { value: "en", label: "English" },
        ]}
      />
      <Segmented<Theme>
        block
        size="small"
        aria-label={w.app.theme}
        value={theme}
        onChange={setTheme}
        options={[
          { value: "system", label: w.app.system },
          { value: "light", label: w.app.light },
          { value: "dark", label: w.app.dark },
        ]}
      />
      <div className="operator">
        {operator ? (
          <span>
            <b>{operator.name}</b> · {w.roles[operator.role]}
          </span>
        ) : (
          open && (
            <Tooltip title={w.app.openHint}>
              <span tabIndex={0}>{w.app.open}</span>
            </Tooltip>
          )
        )}
        {operator && !open && (
          <Tooltip title={w.app.signOut}>
            <Button size="small" type="text" icon={<LogoutOutlined />} aria-label={w.app.signOut} onClick={() => void signOut()} />
          </Tooltip>
        )}
      </div>
    </div>
  );
}
