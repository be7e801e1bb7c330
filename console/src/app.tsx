// The frame around all pages: words, theme, session, routes, and coming back after a restart.
import { keepPreviousData, QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import enLocale from "antd/locale/en_US";
import zhLocale from "antd/locale/zh_CN";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { BrowserRouter, Navigate, Route, Routes, useLocation } from "react-router";
import { api, Problem } from "./api";
import { link } from "./link";
import { Shell } from "./parts/Shell";
import { Waiting } from "./parts/Waiting";
import { Refused } from "./parts/Refused";
import { SessionContext } from "./session";
import { useDark, useLanguage } from "./settings";
import { themeOf } from "./theme";
import { dictionaries, SpeechContext, useWords } from "./words";

const Overview = lazy(() => import("./pages/Overview"));
const Data = lazy(() => import("./pages/Data"));
const Import = lazy(() => import("./pages/Import"));
const Imports = lazy(() => import("./pages/Imports"));
const ImportReport = lazy(() => import("./pages/ImportReport"));
const Items = lazy(() => import("./pages/Items"));
const Customers = lazy(() => import("./pages/Customers"));
const Customer = lazy(() => import("./pages/Customer"));
const Recommend = lazy(() => import("./pages/Recommend"));
const Models = lazy(() => import("./pages/Models"));
const Decisions = lazy(() => import("./pages/Decisions"));
const Decision = lazy(() => import("./pages/Decision"));
const Experiments = lazy(() => import("./pages/Experiments"));
const Webhooks = lazy(() => import("./pages/Webhooks"));
const DeadLetters = lazy(() => import("./pages/DeadLetters"));
const Settings = lazy(() => import("./pages/Settings"));
const SignIn = lazy(() => import("./pages/SignIn"));
const Missing = lazy(() => import("./pages/Missing"));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 300_000,
      retry: false,
      refetchOnWindowFocus: false,
      networkMode: "always",
      placeholderData: keepPreviousData,
    },
    mutations: { networkMode: "always" },
  },
});

queries.getQueryCache().subscribe(({ type, query }) => {
  const isSignedOut = type === "updated" && query.state.error instanceof Problem && query.state.error.body.status === 401;
  if (isSignedOut && query.queryKey[0] !== "session") void queries.invalidateQueries({ queryKey: ["session"] });
});

link.whenBack(() => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "slate" }));

export function App() {
  const [language] = useLanguage();
  const isDark = useDark();
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [language, isDark]);
  const theme = useMemo(() => themeOf(isDark), [isDark]);
  const speech = useMemo(() => ({ w: dictionaries[language], language }), [language]);
  return (
    <SpeechContext value={speech}>
      <ConfigProvider theme={theme} locale={language === "zh" ? zhLocale : enLocale} button={{ autoInsertSpace: false }}>
        <QueryClientProvider client={queries}>
          <BrowserRouter basename="/console">
            <Door />
          </BrowserRouter>
        </QueryClientProvider>
      </ConfigProvider>
    </SpeechContext>
  );
}

/** Lets in who may come in, and sends the others to sign in. */
function Door() {
  const session = useQuery({ queryKey: ["session"], queryFn: api.session, staleTime: 60_000 });
  const { pathname, search } = useLocation();
  const { w } = useWords();
  if (!session.data)
    return (
      <main className="alone">
        {session.error ? <Refused error={session.error} retry={session.refetch} /> : <Waiting label={w.common.loading} />}
      </main>
    );
  const isIn = session.data.open || Boolean(session.data.operator);
  if (!isIn && pathname !== "/sign-in") return <Navigate to={`/sign-in?to=${encodeURIComponent(pathname + search)}`} replace />;
  return (
    <SessionContext value={session.data}>
      <Suspense
        fallback={
          <main className="alone">
            <Waiting label={w.common.loading} />
          </main>
        }
      >
        <Routes>
          <Route path="/sign-in" element={<SignIn />} />
          <Route element={<Shell />}>
            <Route index element={<Overview />} />
            <Route path="data" element={<Data />} />
            <Route path="data/import" element={<Import />} />
            <Route path="data/imports" element={<Imports />} />
            <Route path="data/imports/:id" element={<ImportReport />} />
            <Route path="items" element={<Items />} />
            <Route path="customers" element={<Customers />} />
            <Route path="customers/:id" element={<Customer />} />
            <Route path="recommend" element={<Recommend />} />
            <Route path="models" element={<Models />} />
            <Route path="decisions" element={<Decisions />} />
            <Route path="decisions/:id" element={<Decision />} />
            <Route path="experiments" element={<Experiments />} />
            <Route path="webhooks" element={<Webhooks />} />
            <Route path="webhooks/dead-letters" element={<DeadLetters />} />
            <Route path="settings" element={<Settings />} />
            <Route path="*" element={<Missing />} />
          </Route>
        </Routes>
      </Suspense>
    </SessionContext>
  );
}
