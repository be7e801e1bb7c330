//! How does everything get out again? The log as JSON lines, fact by fact.

use crate::{App, AppError};
use std::io::Write;
use std::ops::Range;
use store::codec;

impl App {
    /// Writes the facts at `offsets` to `to`, one JSON object a line, and returns how many.
    ///
    /// # Errors
    /// When the log cannot be read or `to` cannot be written.
    pub fn export(
        &self,
        offsets: Range<u64>,
        to: &mut dyn Write,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<u64, AppError> {
        let reader = self.log.reader();
        let end = offsets.end.min(reader.end());
        let mut cursor = reader.read(offsets.start..end);
        let mut written = 0;
        while let Some(entry) = cursor.next_entry()? {
            let offset = entry.offset;
            let fact = codec::fact_at(&entry)?;
            let line = serde_json::json!({ "offset": offset, "fact": fact });
            writeln!(to, "{line}")
                .map_err(|e| AppError::Internal(format!("writing the export: {e}")))?;
            written += 1;
            if written % 10_000 == 0 {
                progress(offset, end);
            }
        }
        Ok(written)
    }
}
