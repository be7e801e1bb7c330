// A text field whose value goes to the URL a moment after the last key.
import { Input, type InputProps } from "antd";
import { useEffect, useRef, useState } from "react";

export function Typed({
  value,
  onValue,
  ...rest
}: Omit<InputProps, "value" | "onChange"> & { value: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  const timer = useRef<number>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onValue(next.trim()), 250);
  };
  return (
    <Input allowClear {...rest} value={text} onChange={(event) => later(event.target.value)} onPressEnter={() => onValue(text.trim())} />
  );
}
