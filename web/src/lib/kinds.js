// The seven colours of things, and which class of the ontology has which.

const KINDS = {
  person: "Person Group",
  organisation:
    "Actor Organization Organisation ArmedGroup StateForce SecurityForce Coalition Government " +
    "InternationalOrganization AidOrganization MonitoringGroup MediaOrganization PoliticalParty Company",
  place: "Place Country Region Settlement Neighbourhood NaturalFeature",
  facility:
    "Facility Prison Camp MilitaryBase Checkpoint Hospital School ReligiousSite Airport Market " +
    "GovernmentBuilding Infrastructure Residence",
  weapon: "Weapon Vehicle Aircraft Explosive Firearm Missile",
  event:
    "Event Attack AirStrike DroneStrike Shelling Bombing SuicideBombing Ambush Raid Assassination Clash Siege " +
    "PrisonBreak Escape TakeControl Capture Detention HostageTaking Execution Release Killing Injury Destruction " +
    "Displacement Deployment Advance Withdrawal Statement Claim Denial Confirmation Accusation Threat " +
    "Condemnation Praise Demand Agreement Meeting Support Aid Protest Sanction Trial",
};
const BY_CLASS = new Map(
  Object.entries(KINDS).flatMap(([kind, classes]) => classes.split(" ").map((name) => [name, kind])),
);

/** The kind (`person`, …, `other`) of a class, given by its name in the ontology or by the kind itself. */
export function kindOf(name = "") {
  if (name in KINDS) return name;
  if (BY_CLASS.has(name)) return BY_CLASS.get(name);
  return name.endsWith("Event") ? "event" : "other";
}
