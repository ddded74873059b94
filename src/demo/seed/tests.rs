//! The plan is whole, and one district has signed nothing.

use super::*;
use crate::demo::people::{CampusPerson, CourseRole};
use crate::ids::Slug;

#[test]
fn every_slug_is_one_and_every_row_has_its_parents() {
    let plan = SeedPlan::on_port(8080);
    let tenants: Vec<_> = plan.tenants.iter().map(|tenant| tenant.slug).collect();
    for slug in tenants.iter().copied().chain([TUTOR]) {
        assert!(slug.parse::<Slug>().is_ok(), "{slug}");
    }
    for deployment in &plan.deployments {
        assert!(tenants.contains(&deployment.tenant));
        assert!(
            plan.registrations
                .iter()
                .any(|r| r.platform == deployment.platform)
        );
    }
    for person in &PEOPLE {
        assert!(
            plan.deployments.iter().any(|deployment| {
                deployment.platform == person.platform
                    && deployment.deployment_id == person.deployment_id
                    && deployment.tenant == person.institution.slug()
            }),
            "{}",
            person.key
        );
    }
}

#[test]
fn the_district_that_signed_nothing_has_no_ground_of_any_kind() {
    let plan = SeedPlan::on_port(8080);
    let prairie = Institution::Prairie.slug();
    assert!(
        plan.agreements
            .iter()
            .all(|agreement| agreement.tenant != prairie)
    );
    assert!(
        plan.school_authorizations
            .iter()
            .all(|ground| ground.tenant != prairie)
    );
    assert!(plan.age_bands.iter().all(|band| band.tenant != prairie));
    assert!(
        plan.placements
            .iter()
            .any(|placement| placement.tenant == prairie)
    );
}

#[test]
fn an_observed_child_is_on_the_same_platform() {
    for person in &PEOPLE {
        if let CourseRole::ObserverOf(key) = person.role {
            let child = CampusPerson::find(key).expect("the child");
            assert_eq!(child.platform, person.platform);
            assert_eq!(child.deployment_id, person.deployment_id);
        }
    }
}
