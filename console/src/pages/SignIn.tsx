// Sign in by name and password; skipped where the server is open.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { use } from "react";
import { Navigate, useSearchParams } from "react-router";
import { api, Problem } from "../api";
import { Choices } from "../parts/Choices";
import { Refused } from "../parts/Refused";
import { SessionContext } from "../session";
import { useWords } from "../words";

/** Only a path of this console may be gone to. */
const inside = (to: string | null) => (to?.startsWith("/") && !to.startsWith("//") ? to : "/");

export default function SignIn() {
  const { w } = useWords();
  const { open, operator } = use(SessionContext);
  const [params] = useSearchParams();
  const queries = useQueryClient();
  const enter = useMutation({
    mutationFn: ({ name, password }: { name: string; password: string }) => api.signIn(name, password),
    onSuccess: (session) => {
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      queries.setQueryData(["session"], session);
    },
  });
  if (open || operator) return <Navigate to={inside(params.get("to"))} replace />;
  const isWrong = enter.error instanceof Problem && enter.error.body.status === 401;
  const rules = [{ required: true, message: w.signIn.fill }];
  return (
    <main className="alone">
      <div className="sign-in">
        <div className="mark">
          <img src="/console/mark.svg" alt="" width={32} height={32} />
          <span>
            {w.app.name}
            <small>{w.app.tagline}</small>
          </span>
        </div>
        <section className="panel">
          <h1>{w.signIn.title}</h1>
          <Form layout="vertical" requiredMark={false} onFinish={enter.mutate} style={{ marginTop: 12 }}>
            <Form.Item name="name" label={w.signIn.name} rules={rules}>
              <Input autoFocus autoComplete="username" />
            </Form.Item>
            <Form.Item name="password" label={w.signIn.password} rules={rules}>
              <Input.Password autoComplete="current-password" />
            </Form.Item>
            {isWrong && (
              <p role="alert" className="notice" data-tone="bad" style={{ marginBottom: 12 }}>
                {w.signIn.wrong}
              </p>
            )}
            {enter.error && !isWrong && <Refused error={enter.error} />}
            <Button type="primary" htmlType="submit" block loading={enter.isPending}>
              {w.signIn.enter}
            </Button>
          </Form>
        </section>
        <p className="soft">{w.signIn.help}</p>
        <Choices />
      </div>
    </main>
  );
}
