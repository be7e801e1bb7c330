//! What is a story made of, and how is it told?

use crate::http;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// What it shows, for people.
    #[expect(dead_code, reason = "it is for people")]
    about: String,
    /// The public data set that it needs, as a path below the data folder.
    data: Option<String>,
    #[serde(default)]
    files: Vec<Prop>,
    step: Vec<Step>,
}

/// A file that the shop has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prop {
    name: String,
    text: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Step {
    /// Runs the binary with these words.
    run: Vec<String>,
    /// Whether the command must fail.
    fails: bool,
    /// Starts the server with these words after `serve`.
    serve: Option<Vec<String>>,
    /// `term` or `kill`.
    stop: Option<String>,
    get: Option<String>,
    post: Option<String>,
    put: Option<String>,
    delete: Option<String>,
    headers: BTreeMap<String, String>,
    body: String,
    /// Repeats the body this many times, `{n}` standing for the number, joined by line ends.
    times: usize,
    status: Option<u16>,
    /// Path into the answer → value that it must hold.
    expect: BTreeMap<String, toml::Value>,
    /// Texts that the answer (or the command's output) must hold, and must not.
    contains: Vec<String>,
    lacks: Vec<String>,
    /// Name → path into the answer, for `{name}` in later steps.
    save: BTreeMap<String, String>,
}

pub(crate) enum Told {
    True(usize),
    PassedOver(String),
}

struct Stage {
    dir: tempfile::TempDir,
    data: Option<PathBuf>,
    server: Option<Child>,
    address: String,
    saved: BTreeMap<String, String>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Tells the story in `path`; an error says which step did not come true and why.
pub(crate) fn tell(path: &Path) -> Result<Told, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let story: Story = toml::from_str(&text).map_err(|e| e.to_string())?;
    let mut data = None;
    if let Some(set) = &story.data {
        let Ok(root) = std::env::var("SHOPKEEPER_DATA") else {
            return Ok(Told::PassedOver(format!("it needs {set} and SHOPKEEPER_DATA is not set")));
        };
        data = Some(Path::new(&root).join(set));
    }
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    for prop in &story.files {
        std::fs::write(dir.path().join(&prop.name), &prop.text).map_err(|e| e.to_string())?;
    }
    let mut stage =
        Stage { dir, data, server: None, address: String::new(), saved: BTreeMap::new() };
    for (number, step) in story.step.iter().enumerate() {
        stage.play(step).map_err(|why| format!("step {}: {why}", number + 1))?;
    }
    Ok(Told::True(story.step.len()))
}

impl Stage {
    fn play(&mut self, step: &Step) -> Result<(), String> {
        if !step.run.is_empty() {
            return self.run(step);
        }
        if let Some(words) = &step.serve {
            return self.serve(words);
        }
        if let Some(how) = &step.stop {
            return self.stop(how);
        }
        self.request(step)
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text.replace("{dir}", &self.dir.path().display().to_string());
        if let Some(data) = &self.data {
            text = text.replace("{data}", &data.display().to_string());
        }
        for (name, value) in &self.saved {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shopkeeper"));
        command.current_dir(self.dir.path()).env_remove("RUST_LOG");
        command
    }

    fn run(&mut self, step: &Step) -> Result<(), String> {
        let words: Vec<String> = step.run.iter().map(|word| self.filled(word)).collect();
        let output = self.command().args(&words).output().map_err(|e| e.to_string())?;
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        if output.status.success() == step.fails {
            return Err(format!("{words:?} ended with {}: {said}", output.status));
        }
        self.holds(step, &said)
    }

    fn serve(&mut self, words: &[String]) -> Result<(), String> {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(words);
        let mut server = command.stderr(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
        let stderr = server.stderr.take().ok_or("no standard error")?;
        self.server = Some(server);
        let mut lines = BufReader::new(stderr).lines();
        let mut said = String::new();
        for line in lines.by_ref() {
            let line = line.map_err(|e| e.to_string())?;
            let plain: String = strip_colours(&line);
            if let Some((_, rest)) = plain.split_once("address=") {
                self.address = rest.split_whitespace().next().unwrap_or_default().to_owned();
                // The rest of the log is read away, so that the server never waits for us.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(());
            }
            said.push_str(&plain);
            said.push('\n');
        }
        Err(format!("the server did not start: {said}"))
    }

    fn stop(&mut self, how: &str) -> Result<(), String> {
        let mut server = self.server.take().ok_or("no server runs")?;
        if how == "term" {
            let told = Command::new("kill").arg(server.id().to_string()).status();
            told.map_err(|e| e.to_string())?;
            let status = server.wait().map_err(|e| e.to_string())?;
            return if status.success() {
                Ok(())
            } else {
                Err(format!("the server ended with {status}"))
            };
        }
        server.kill().and_then(|()| server.wait()).map(drop).map_err(|e| e.to_string())
    }

    fn request(&mut self, step: &Step) -> Result<(), String> {
        let asked = [
            ("GET", &step.get),
            ("POST", &step.post),
            ("PUT", &step.put),
            ("DELETE", &step.delete),
        ];
        let (method, path) = asked
            .into_iter()
            .find_map(|(method, path)| path.as_ref().map(|path| (method, self.filled(path))))
            .ok_or("a step does nothing")?;
        let body = self.filled(&step.body);
        let body = match step.times {
            0 => body,
            times => (0..times)
                .map(|n| body.replace("{n}", &n.to_string()))
                .collect::<Vec<_>>()
                .join("\n"),
        };
        let headers: Vec<(String, String)> =
            step.headers.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect();
        let answer = http::send(&self.address, method, &path, &headers, body.as_bytes())
            .map_err(|e| format!("{method} {path}: {e}"))?;
        let wanted = step.status.unwrap_or(200);
        if answer.status != wanted {
            return Err(format!(
                "{method} {path} answered {} not {wanted}: {}",
                answer.status, answer.body
            ));
        }
        if !step.expect.is_empty() || !step.save.is_empty() {
            let value: Value =
                serde_json::from_str(&answer.body).map_err(|e| format!("{e}: {}", answer.body))?;
            for (path, wanted) in &step.expect {
                let wanted = self.wanted(wanted);
                let found = at(&value, path).cloned().unwrap_or(Value::Null);
                if !same(&found, &wanted) {
                    return Err(format!("{path} is {found} not {wanted} in {}", answer.body));
                }
            }
            for (name, path) in &step.save {
                let found = at(&value, path).ok_or(format!("no {path} in {}", answer.body))?;
                let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
                self.saved.insert(name.clone(), text);
            }
        }
        self.holds(step, &format!("{}\n{}", answer.head, answer.body))
    }

    fn wanted(&self, value: &toml::Value) -> Value {
        match value {
            toml::Value::String(text) => Value::String(self.filled(text)),
            other => serde_json::to_value(other).unwrap_or(Value::Null),
        }
    }

    fn holds(&self, step: &Step, said: &str) -> Result<(), String> {
        for text in &step.contains {
            let text = self.filled(text);
            if !said.contains(&text) {
                return Err(format!("{text:?} is missing in: {said}"));
            }
        }
        for text in &step.lacks {
            let text = self.filled(text);
            if said.contains(&text) {
                return Err(format!("{text:?} is there in: {said}"));
            }
        }
        Ok(())
    }
}

fn strip_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for c in line.chars() {
        match (inside, c) {
            (false, '\u{1b}') => inside = true,
            (true, 'm') => inside = false,
            (false, c) => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// The value at a dotted path; `#` is a list's length.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match part.parse::<usize>() {
        Ok(place) => value.get(place),
        Err(_) => value.get(part),
    })
}

fn same(found: &Value, wanted: &Value) -> bool {
    match (found.as_f64(), wanted.as_f64()) {
        (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-9,
        _ => found == wanted,
    }
}
