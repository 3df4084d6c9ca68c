# ruff: noqa: E501 (patterns are easier to read whole)
"""The grammar of the generated reports: patterns of sentences by what they tell of.

`[a|b]` is one of several wordings, `{name}` a value of the incident or of its war. Brackets may stand in each
other. Every pattern is of our own making; the way of telling is that of agencies and monitoring groups.
"""

from __future__ import annotations

# What happened, by the kind of incident.
LEADS = {
    "strike": (
        "[At least |About |More than |]{dead} people[ were killed| died] and {injured}[ others|] were "
        "[wounded|injured] on {weekday} when [warplanes|aircraft|a drone] of the {force} [bombed|struck|hit] "
        "{target} in {town}, [{monitor} said|residents said|a medical source said].",
        "[Air strikes|A drone strike|Warplanes] [on|hit] {target} in {town} on {weekday}[, killing|and killed] "
        "[at least |]{dead} [people|civilians], [according to {monitor}|officials in {region} said].",
        "The {force} carried out [an air strike|air strikes|a series of air strikes] on {target} in the "
        "[town|city] of {town} on {weekday}, [killing|and killed] {dead} [civilians|members of {group}|people].",
    ),
    "shelling": (
        "[Shelling|Artillery fire|Rocket fire] by {group} [killed|has killed] [at least |]{dead} "
        "[civilians|people|residents] and wounded {injured} in {town} on {weekday}, {monitor} said.",
        "{group} shelled {target} in {town} [overnight|on {weekday}|late on {weekday}], killing "
        "[at least |nearly |]{dead} people[, among them {few} children|], {official} said.",
    ),
    "bombing": (
        "A [suicide bomber|car bomb|roadside bomb|bomb] [killed|has killed] [at least |]{dead} people "
        "[at|outside|near] {target} in {town} on {weekday}, [police said|{official} said|the {force} said].",
        "[At least |]{dead} people were killed and {injured} wounded in a [bombing|suicide bombing|blast] "
        "[at|near] {target} in {town}, {region}, on {weekday}. {group} [claimed responsibility|said that it "
        "had carried out the attack].",
    ),
    "clash": (
        "[Fighting|Clashes|Heavy clashes] between the {force} and {group} [killed|left] [at least |]{dead} "
        "[people dead|fighters dead|soldiers dead] [in|around] {town} on {weekday}, {monitor} said.",
        "{group} attacked [positions|a base|a checkpoint] of the {force} [near|in] {town} on {weekday}, "
        "[killing|and killed] {dead} soldiers and [wounding|capturing] {injured}, {official} said.",
    ),
    "prison": (
        "[Dozens of|Hundreds of|At least {dead}] prisoners [escaped|broke out] from {prison} in {town} on "
        "{weekday} after [gunmen of {group}|fighters of {group}] [attacked|stormed] the building, {official} said.",
        "{group} [attacked|stormed] {prison} in {town} on {weekday}, killed {few} guards and freed "
        "[about |more than |at least |]{dead} [inmates|detainees|of its members], the {force} said.",
    ),
    "capture": (
        "{group} [seized|captured|took control of] {town} in {region} on {weekday} after [days of fighting|a "
        "brief battle] with the {force} in which [at least |]{dead} [soldiers|people] were killed.",
        "The {force} [recaptured|retook|took control of] {town} from {group} on {weekday}, {official} said. "
        "[At least |]{dead} militants were killed.",
    ),
    "detention": (
        "The {force} [detained|arrested] [at least |more than |]{dead} people in {town} on {weekday}, "
        "among them {name}, [a journalist|a lawyer|a local councillor], {monitor} said.",
        "Gunmen [abducted|kidnapped] {dead} [people|villagers|aid workers] [from|in] {town}, {region}, on "
        "{weekday}, {official} said. {group} is suspected of holding them.",
    ),
}  # fmt: skip

# More about the incident of the report.
DETAILS = (
    "[Witnesses|Residents] [said|told reporters] that [two explosions|several explosions|gunfire] "
    "[shook|could be heard in] the [market|centre of {town}|neighbourhood] before the [attack|fighting] began.",
    "Among the dead were {few} children and [a doctor|two aid workers|a member of the city council], "
    "[{name}, a nurse at the hospital, said|according to medical staff].",
    'The [wounded|injured] were taken to [the main hospital|a field hospital|a clinic] in {town2}. "We have no '
    '[blood|fuel|medicine] left," [said {name}, a doctor there|{name}, who works there, said].',
    "[A building|A school|Several houses|A bakery] near {target} [was destroyed|were destroyed|collapsed], and "
    "rescuers were [searching for survivors|digging through the rubble].",
    "The {force} [denied|rejected] that [its aircraft had bombed {town}|its soldiers had fired on civilians|it "
    "had lost control of {town}].",
    "{group} [said in a statement|claimed on its channel] that its fighters had killed {dead2} soldiers and "
    "captured [two vehicles|a tank|weapons]. The claim could not be verified.",
    "{official} [accused|blamed] {group} [of the attack|of using civilians as human shields|for the killings].",
    "[Soldiers|Security forces|The {force}] surrounded [the building|the area|{target}] and clashed with "
    "[gunmen|militants] for [several hours|two days|most of the night].",
    "[Thousands of|Hundreds of|About {many}] [residents|people|families] have fled [{town}|the fighting|their "
    "homes] for {town2}, [the United Nations said|aid agencies said|{monitor} said].",
    "[The death toll|The number of dead] [may rise|could rise|is expected to rise], {official} said, because "
    "{few} of the wounded [are|were] in a critical condition.",
    "He [later|then] said that {few} suspects had been arrested [in {town2}|at a checkpoint near {town}].",
    "It was not [immediately |]clear [who was behind the attack|how many people had been inside the building].",
    "{monitor} [put|has put] the number of dead at {dead2}, [among them {few} women|most of them civilians].",
)

# What else reports of the kind tell.
AROUND = (
    "In {town2}, {distance} [km|kilometres] [north|south|east|west] of {town}, {group2} [shelled|attacked|raided] "
    "[a base|a checkpoint|a village], killing {few} [soldiers|people|villagers].",
    "[On {earlier}|A day earlier|Last week], [a drone strike|an air strike|a roadside bomb] in {town2} [killed|had "
    "killed] {few} [people|fighters of {group}|policemen].",
    "{leader} [said on {weekday} that|told parliament that] the government would [not negotiate with {group}|send "
    "more troops to {region}|punish those who carried out the attack].",
    "{leader} [met|held talks with] {name}, [the UN envoy|a European diplomat|the governor of {region}], in "
    "[the capital|{town2}] [on {weekday}|this week].",
    "The United States, [the European Union and Turkey|France and the African Union|Britain and Germany] "
    "[condemned|have condemned] the [attack|killings|violence].",
    "[The United Nations|The African Union|Human Rights Watch|Amnesty International] [called on|urged] both sides "
    "to [protect civilians|let aid into {region}|agree to a ceasefire].",
    "[About|More than] {many} people have been displaced in {region} since {month}, according to the United Nations.",
    "{group}, which [is allied with|fights|has fought] {group2}, has [controlled|held] [parts of {region}|the "
    "road to {town2}|several villages near {town2}] since {month} {year}.",
    "The {force} [withdrew|had withdrawn] from {village} [on {earlier}|last month], and {group} [took control of "
    "the village|entered it without a fight].",
    "[A ceasefire|An agreement] between {group} and the {government} [collapsed|was signed|was broken] in {month}.",
    "[Prisoners|Detainees] held [at {prison}|in {town2}] have been [tortured|beaten|denied food], [former inmates "
    "said|{monitor} said in a report].",
    "{name}, [a commander of {group}|a spokesman for {group}], was [killed|captured|wounded] in {village} on "
    "{earlier}, [the {force} said|according to local media].",
    "[A convoy|A truck] of the [World Food Programme|Red Cross] [came under fire|was attacked] near {village}; "
    "{few} [drivers|aid workers] were [hurt|killed].",
    "[Protesters|Hundreds of people] [gathered|marched] in {town2} [on {weekday}|to demand protection] and "
    "[accused the {force} of inaction|called for the release of the hostages].",
    "[A court in {town2}|A military court] [sentenced|has sentenced] {few} members of {group} to [death|prison] "
    "for [an attack|a bombing] in {month} {year}.",
)

# Lines that tell of no event.
PLAIN = (
    "{town}, a [town|city] of about {many} people, lies {distance} [km|kilometres] [north|south] of {town2}, on the [main|only] road [to the border|to the capital|through {region}].",
    "The [price of bread|price of fuel|cost of a bag of flour] [has doubled|is three times what it was] since {month}, and [many shops|most pharmacies] in {town2} are [empty|short of goods] for much of the week.",
    "It is the [third|fourth|fifth] such incident in {region} [this month|this year], and there has been [no sign of an end|little hope of an end] to a conflict that is now in its [fifth|eighth|tenth] year.",
    "[The harvest|The rainy season|Winter] is near, and [roads are bad|there is little food in the markets] in [much|most parts] of {region}.",
    "[The claim could not be independently verified.|There was no immediate comment from either side.|Figures of the two sides often differ widely.]",
    "[Electricity|Water|The telephone network] was [still |]off in [parts|most] of {town} [on {weekday} evening|by nightfall], and [few people|hardly anyone] could be seen in the streets [around the market|of the old town].",
)

QUOTES = (
    '"[We heard the plane and then everything was dust|They came at night and burned the houses|There is nobody '
    'left in the village|We will not leave our land|My brother was killed in front of his house]," {name}[, a '
    "resident of {town},|, a shopkeeper,|, {age},|] [said|told reporters|said by telephone].",
    '"[This was a massacre|This is a war crime|The attack was foiled|Our forces are in control of {town}|Those who '
    'did this will pay]," [said {official}|{official} said][ on {weekday}|].',
)

DATELINES = (
    "{TOWN}, {country} ({agency}) — ",
    "{TOWN} ({agency}) - ",
    "{town}, {day} {month} — ",
    "",
    "",
)

TITLES = (
    "[At least |]{dead} killed [in|near] {town}",
    "{group} [blamed for|suspected of] attack in {town}",
    "[Fighting|Violence|Attack] in {town}: {monitor} counts {dead} dead",
    "{country}: {dead} dead after [attack|strike|clashes] in {town}",
)

TARGETS = (
    "a market", "a school", "a hospital", "a mosque", "a checkpoint", "a military base", "a police station",
    "a camp for displaced people", "a hotel", "a convoy", "the airport", "residential areas", "a fuel depot",
    "a village", "a power station", "a church", "a bus station", "government buildings",
)  # fmt: skip
OFFICIALS = (
    "{name}, a spokesman for the {force}", "the governor of {region}", "Interior Minister {name}",
    "police chief {name}", "{name}, the mayor of {town}", "General {name}", "a security official",
    "Colonel {name}", "a local official", "the {government}",
)  # fmt: skip
AGENCIES = (
    "Delta News",
    "Frontline Wire",
    "Harbour Press",
    "Meridian Agency",
    "North Star News",
    "Sitrep Wire",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
