//! What can a model ask? The one list of tools.

use super::args::{
    ExplainDecisionIn, FindItemsIn, GetCustomerIn, GetItemIn, GetTimelineIn, read_customer_id,
    read_explain, read_item_id, read_timeline,
};
use super::schema;
use crate::Problem;
use crate::api::browse::{find_item, find_items, find_timeline};
use crate::api::decisions::explain_in;
use crate::api::people::find_profile;
use crate::api::recommend::{answer, limits};
use crate::body::read_object;
use crate::door::Shared;
use crate::wire::browse::{ItemPageOut, ItemSeenOut, TimelineOut, read_item_query};
use crate::wire::decision::{ExplanationOut, ProfileOut};
use crate::wire::recommend::{AnswerOut, read_ask};
use crate::wire::shapes::AskIn;
use govern::Scope;
use rmcp::model::ToolAnnotations;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Something that a model can ask.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// What a key must be allowed: as for the same question of the API.
    pub(crate) scope: Scope,
    /// For people.
    title: &'static str,
    /// For the model.
    description: &'static str,
    pub(crate) what: What,
}

/// Which question it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Recommend,
    FindItems,
    GetItem,
    GetCustomer,
    GetTimeline,
    ExplainDecision,
}

/// Every tool.
pub(crate) static TOOLS: &[Tool] = &[
    Tool {
        name: "recommend",
        scope: Scope::RecommendRead,
        title: "推荐商品 · Recommend items",
        description: "What to show a customer now: item ids, best first, each with its score and \
                      reasons, and the decision_id of the answer. Ask find_items with these ids \
                      for titles and prices, and explain_decision for the reasons in sentences. \
                      Name the customer by customer_id, an unknown visitor by device_id or \
                      session_id. The decision is recorded. 给顾客推荐商品。",
        what: What::Recommend,
    },
    Tool {
        name: "find_items",
        scope: Scope::RecommendRead,
        title: "查找商品 · Find items",
        description: "Items by words, category or brand, or just those named by ids: titles, \
                      prices, stock, and what has happened to them. 按词、类目、品牌或编号查商品。",
        what: What::FindItems,
    },
    Tool {
        name: "get_item",
        scope: Scope::RecommendRead,
        title: "查看商品 · Look at an item",
        description: "One item by its id, with what has happened to it. 查看一件商品。",
        what: What::GetItem,
    },
    Tool {
        name: "get_customer",
        scope: Scope::DecisionsRead,
        title: "查看顾客 · Look at a customer",
        description: "What is known of a customer: what they said of themselves and allow, what \
                      they did, touched last and like. 查看一位顾客。",
        what: What::GetCustomer,
    },
    Tool {
        name: "get_timeline",
        scope: Scope::DecisionsRead,
        title: "顾客经历 · What happened to a customer",
        description: "What a customer did and what was said of them, newest first, part by part. \
                      查看一位顾客的经历。",
        what: What::GetTimeline,
    },
    Tool {
        name: "explain_decision",
        scope: Scope::DecisionsRead,
        title: "解释决策 · Explain a decision",
        description: "Why a decision came out as it did, in sentences, Chinese (lang zh) or \
                      English (lang en): what was considered and stopped, then each choice. \
                      解释一次决策。",
        what: What::ExplainDecision,
    },
];

impl Tool {
    /// As the protocol describes it.
    pub(crate) fn described(&self) -> rmcp::model::Tool {
        // A decision is recorded; nothing of the shop changes.
        let hints = ToolAnnotations::with_title(self.title).read_only(true).open_world(false);
        rmcp::model::Tool::new(self.name, self.description, self.what.args())
            .with_title(self.title)
            .with_raw_output_schema(Arc::new(self.what.answers()))
            .with_annotations(hints)
    }
}

/// An answer, for people and models (`text`) and for programs.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) text: String,
    pub(super) whole: Value,
}

impl What {
    /// The schema of its arguments.
    pub(crate) fn args(self) -> Map<String, Value> {
        match self {
            Self::Recommend => schema::with_surface(schema::of_args::<AskIn>()),
            Self::FindItems => schema::of_args::<FindItemsIn>(),
            Self::GetItem => schema::of_args::<GetItemIn>(),
            Self::GetCustomer => schema::of_args::<GetCustomerIn>(),
            Self::GetTimeline => schema::of_args::<GetTimelineIn>(),
            Self::ExplainDecision => schema::of_args::<ExplainDecisionIn>(),
        }
    }

    /// The schema of its answer.
    fn answers(self) -> Map<String, Value> {
        match self {
            Self::Recommend => schema::of_answer::<AnswerOut>(),
            Self::FindItems => schema::of_answer::<ItemPageOut>(),
            Self::GetItem => schema::of_answer::<ItemSeenOut>(),
            Self::GetCustomer => schema::of_answer::<ProfileOut>(),
            Self::GetTimeline => schema::of_answer::<TimelineOut>(),
            Self::ExplainDecision => schema::of_answer::<ExplanationOut>(),
        }
    }

    /// Reads `args` and answers.
    ///
    /// # Errors
    /// `field_invalid`, and what the same question of the API says.
    pub(super) async fn answer(
        self,
        door: &Shared,
        args: &Map<String, Value>,
    ) -> Result<Told, Problem> {
        match self {
            Self::Recommend => {
                let limits = limits(door);
                let read = read_object(args, |fields| read_ask(fields, None, limits));
                let (ask, detail) = read?;
                told(&answer(door, ask, detail).await?)
            }
            Self::FindItems => told(&find_items(door, read_object(args, read_item_query)?).await?),
            Self::GetItem => told(&find_item(door, read_object(args, read_item_id)?).await?),
            Self::GetCustomer => {
                told(&find_profile(door, read_object(args, read_customer_id)?).await?)
            }
            Self::GetTimeline => {
                let (id, part) = read_object(args, read_timeline)?;
                told(&find_timeline(door, id, part).await?)
            }
            Self::ExplainDecision => {
                let (id, lang) = read_object(args, read_explain)?;
                let out = explain_in(door, id, lang).await?;
                Ok(Told { text: out.sentences.join("\n"), ..told(&out)? })
            }
        }
    }
}

fn told(out: &impl Serialize) -> Result<Told, Problem> {
    let broken = |error: serde_json::Error| Problem::internal(&error);
    let text = serde_json::to_string(out).map_err(broken)?;
    // Read back, so that a score of 0.99 is not told as 0.9900000095367432.
    let whole = serde_json::from_str(&text).map_err(broken)?;
    Ok(Told { text, whole })
}
