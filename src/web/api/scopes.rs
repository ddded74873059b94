//! Which scopes open which kind of route: any one of a list is enough.

use crate::onboarding::Scope;

/// What stands above tenants.
pub(super) const INSTALLATION_ONLY: &[Scope] = &[Scope::Installation];
/// Looking at a tenant's settings and grounds.
pub(super) const READ: &[Scope] = &[Scope::TenantRead, Scope::TenantWrite, Scope::Compliance];
/// Changing a tenant's settings.
pub(super) const WRITE: &[Scope] = &[Scope::TenantWrite];
/// Recording and withdrawing grounds.
pub(super) const COMPLIANCE: &[Scope] = &[Scope::Compliance];
/// Reading the audit log.
pub(super) const AUDIT: &[Scope] = &[Scope::AuditRead];
