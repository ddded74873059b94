//! What the tutor says: written beforehand, chosen by a word in the question, never computed. It
//! asks back, and says plainly that it is a demo.

struct Subject {
    words: &'static [&'static str],
    young: &'static str,
    older: &'static str,
}

const SUBJECTS: [Subject; 6] = [
    Subject {
        words: &[
            "plant",
            "leaf",
            "leaves",
            "photosynthesis",
            "sunlight",
            "chlorophyll",
        ],
        young: "Good thing to wonder about! A plant cannot go to the kitchen, and yet it grows. What do you think comes into a leaf from outside? Think of three things: one from the air, one from the roots, one from the sky. Tell me your three, and then we look at what the leaf does with them.",
        older: "Let us build it up instead of looking it up. A leaf takes in something from the air, something from the roots, and energy from light. If matter cannot appear from nothing, where do the carbon atoms in the sugar come from? Write down what goes in and what comes out, and we will balance it together.",
    },
    Subject {
        words: &["fraction", "denominator", "numerator", "percent"],
        young: "Fractions are fair shares. Picture a pizza cut into four pieces and another cut into eight. Which piece is bigger, and why? Once you can say that, tell me how many of the small pieces make one of the big ones.",
        older: "Before any rule: what does the bottom number say about the pieces? If two fractions have different bottoms, you are adding pieces of different sizes. What size of piece could both be cut into? Try the smallest one that works, and show me the step.",
    },
    Subject {
        words: &["equation", "solve", "algebra", " x ", "variable", "balance"],
        young: "Think of a scale that is level. If you take something off one side, what must you do to the other side? Try it with your problem: what is the first thing you would take off? Tell me, and we check whether the scale is still level.",
        older: "An equation is a claim that both sides weigh the same. Which single operation would bring you closer to having the unknown alone, and what must you then do to the other side? Do that one step, write the new line, and say how you know it is still true.",
    },
    Subject {
        words: &["essay", "thesis", "argument", "paragraph", "draft", "write"],
        young: "Writing starts with one thing you really think. Can you say it in one sentence, as if to a friend? Then tell me one reason, and we see whether the reason really fits.",
        older: "A thesis is a sentence that somebody could disagree with. Who would disagree with yours, and what would they say first? If nobody could, it is a topic and not yet a thesis. Give me the sentence and the best objection, and we sharpen it against that.",
    },
    Subject {
        words: &["story", "narrator", "character", "poem", "novel", "read"],
        young: "Let us be detectives. Find one sentence in the story that made you stop. What does the character do, and what does the character not say? Tell me the sentence, and we ask what it hides.",
        older: "Start from the text and not from the summary. Which sentence would you underline if you could keep only one? Ask what the narrator leaves out there, and who gains from the silence. Quote it, and we will read it closely together.",
    },
    Subject {
        words: &["answer", "homework", "just tell", "do it for me", "cheat"],
        young: "I could say an answer, but then it would be mine and not yours. Show me the part where you got stuck. What did you try just before that?",
        older: "I will not hand you the answer, but I will get you to it. What is given, what is asked, and what is the last step you are sure of? Begin there.",
    },
];

const OTHERWISE_YOUNG: &str = "That is a good question. I am a small demo tutor and know only a few subjects: plants, fractions, equations, stories and essays. But let us try: what do you know about it already, and what is the part that puzzles you?";
const OTHERWISE_OLDER: &str = "I am a demo tutor with a short script, so I know only a few subjects: photosynthesis, fractions, equations, essays and close reading. The method works for anything, though: what do you know already, what exactly is asked, and what would a first, small step look like?";

/// The tutor's answer: the first subject with a word that the question holds.
pub fn answer(question: &str, young: bool) -> String {
    let question = format!(" {} ", question.to_lowercase());
    let said = SUBJECTS
        .iter()
        .find(|subject| subject.words.iter().any(|word| question.contains(word)))
        .map(|subject| if young { subject.young } else { subject.older });
    said.unwrap_or(if young {
        OTHERWISE_YOUNG
    } else {
        OTHERWISE_OLDER
    })
    .to_owned()
}

const COLOURS: [&str; 16] = [
    "Amber", "Azure", "Copper", "Coral", "Crimson", "Golden", "Indigo", "Ivory", "Jade", "Lilac",
    "Maple", "Olive", "Pearl", "Russet", "Silver", "Violet",
];
const ANIMALS: [&str; 16] = [
    "Badger", "Beaver", "Crane", "Falcon", "Finch", "Fox", "Hare", "Heron", "Lynx", "Marten",
    "Otter", "Owl", "Robin", "Seal", "Swift", "Wren",
];

/// A name to be called by, the same for the same pseudonym and made from nothing else. Two people
/// may share one; it names nobody.
pub fn friendly_name(pseudonym: &str) -> String {
    let sum = ring::digest::digest(&ring::digest::SHA256, pseudonym.as_bytes());
    let pick = |at: usize, from: &[&'static str; 16]| {
        let byte = sum.as_ref().get(at).copied().unwrap_or_default();
        from.get(usize::from(byte % 16))
            .copied()
            .unwrap_or_default()
    };
    format!("{} {}", pick(0, &COLOURS), pick(1, &ANIMALS))
}
