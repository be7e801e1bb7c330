//! What do we show this customer now?
