//! Why data is asked for.
//!
//! Must never be guessed: the manifest and the contract of an agent name it.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Why data is asked for (`purpose`).
    pub enum Purpose {
        /// Teaching the student.
        Tutoring = "tutoring",
        /// Analytics for the school itself.
        SchoolAnalytics = "school_analytics",
        /// Analytics for the vendor.
        VendorAnalytics = "vendor_analytics",
        /// Making the vendor's product better.
        ProductImprovement = "product_improvement",
        /// Training or otherwise developing a model.
        ModelTraining = "model_training",
        /// Advertising by a profile of the student.
        TargetedAdvertising = "targeted_advertising",
        /// Advertising by the page alone.
        ContextualAdvertising = "contextual_advertising",
        /// Marketing.
        Marketing = "marketing",
        /// Audit or evaluation of education programs, 34 CFR 99.31(a)(3).
        AuditOrEvaluation = "audit_or_evaluation",
        /// A study for the institution, 34 CFR 99.31(a)(6).
        Study = "study",
        /// Support for the internal operations of the service, 16 CFR 312.2.
        InternalOperations = "internal_operations",
    }
}
