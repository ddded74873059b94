//! The record of disclosures under 34 CFR 99.32, and what travels with a contested record.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Whether a request or disclosure must stand in the record of disclosures (`record_99_32`).
    ///
    /// Everything is logged; this says which entries the law itself asks for.
    pub enum Record99_32 {
        /// Nothing was disclosed and nobody outside asked.
        NotADisclosure = "not_a_disclosure",
        /// The law asks for the entry.
        Required = "required",
        /// To the parent or eligible student, 99.32(d)(1).
        ExemptD1 = "exempt_d1",
        /// To a school official, 99.32(d)(2).
        ExemptD2 = "exempt_d2",
        /// With consent, 99.32(d)(3).
        ExemptD3 = "exempt_d3",
        /// Directory information, 99.32(d)(4).
        ExemptD4 = "exempt_d4",
        /// A sealed order, 99.32(d)(5).
        ExemptD5 = "exempt_d5",
    }
}

vocabulary! {
    /// A student's statement beside a contested record (`record.disagreement_statement`).
    pub enum DisagreementStatement {
        /// There is none.
        None = "none",
        /// It travels with the record.
        Attached = "attached",
        /// There is one and it cannot travel along.
        CannotAttach = "cannot_attach",
    }
}
