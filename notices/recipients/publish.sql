-- name: blocks
-- One row per person nobody may be written to, and why: under a measure, named as a perpetrator, or ever in a household with one.
WITH newest AS (
    SELECT resident_id, role, measure_kind FROM history.support_measures
    WHERE municipality_code = $municipality AND night <= $night
    QUALIFY ROW_NUMBER() OVER (PARTITION BY resident_id, case_no ORDER BY hist_no DESC) = 1
),
measured AS (
    SELECT DISTINCT resident_id, CASE WHEN role = 'PERPETRATOR' THEN 'perpetrator' ELSE 'support_measure' END AS reason
    FROM newest WHERE measure_kind <> '3'  -- an end date that passed lifts nothing; only kind 3 does
),
households AS (
    SELECT DISTINCT h.household_id FROM history.residents AS h
    INNER JOIN measured AS m ON m.resident_id = h.resident_id
    WHERE h.municipality_code = $municipality AND h.night <= $night
)
SELECT resident_id, reason FROM measured
UNION
SELECT DISTINCT h.resident_id, 'shares_household' AS reason FROM history.residents AS h
INNER JOIN households AS s ON s.household_id = h.household_id
WHERE h.municipality_code = $municipality AND h.night <= $night
  AND h.resident_id NOT IN (SELECT resident_id FROM measured);

-- name: household_of
-- One row per person living in a household of one of these people.
SELECT DISTINCT other.resident_id FROM now.residents AS me
INNER JOIN now.residents AS other ON other.household_id = me.household_id AND other.municipality_code = me.municipality_code
WHERE me.municipality_code = $municipality AND me.resident_id IN (SELECT UNNEST($people));

-- name: contacts
-- One row per person asked for: where they are reached by the newest records, a registered 送付先 first.
SELECT r.resident_id, r.household_id, r.status, r.ward_flag,
       COALESCE(d.recipient_name, CASE WHEN r.name_pref = '2' THEN r.alias ELSE r.name END, r.name) AS name,
       COALESCE(d.addr_postal, r.addr_postal) AS postal,
       CASE WHEN d.resident_id IS NOT NULL THEN concat_ws(' ', d.addr_line, d.addr_building)
            ELSE concat_ws(' ', r.addr_line, r.addr_building) END AS address,
       CASE WHEN d.resident_id IS NOT NULL THEN 'delivery_addresses' ELSE 'residents' END AS source,
       COALESCE(p.language, 'ja') AS language, COALESCE(p.opt_out_all, FALSE) AS opted_out_all,
       COALESCE(p.opt_out_topics, '') AS opted_out_topics, COALESCE(p.channel, 'LETTER') AS channel, p.email, p.mobile,
       p.push_endpoint, COALESCE(p.large_print, FALSE) AS large_print
FROM now.residents AS r
LEFT JOIN now.delivery_addresses AS d
    ON d.resident_id = r.resident_id AND d.municipality_code = r.municipality_code AND d.purpose = 'ALL'
    AND (d.from_on IS NULL OR d.from_on <= $night) AND (d.to_on IS NULL OR d.to_on >= $night)
LEFT JOIN now.preferences AS p ON p.resident_id = r.resident_id AND p.municipality_code = r.municipality_code
WHERE r.municipality_code = $municipality AND r.resident_id IN (SELECT UNNEST($people));

-- name: destinations
-- One row per person asked for and purpose with a registered 送付先 in force.
SELECT resident_id, purpose, COALESCE(recipient_name, '') AS name, COALESCE(addr_postal, '') AS postal,
       concat_ws(' ', addr_line, addr_building) AS address
FROM now.delivery_addresses
WHERE municipality_code = $municipality AND resident_id IN (SELECT UNNEST($people))
  AND (from_on IS NULL OR from_on <= $night) AND (to_on IS NULL OR to_on >= $night)
ORDER BY resident_id, purpose;

-- name: guardians
-- One row per guardian in force of a child of these households (監護関係).
SELECT g.child_id, g.adult_id, g.guardian_kind FROM now.guardianship AS g
INNER JOIN now.residents AS c ON c.resident_id = g.child_id AND c.municipality_code = g.municipality_code
WHERE g.municipality_code = $municipality AND c.household_id IN (SELECT UNNEST($households))
  AND (g.from_on IS NULL OR g.from_on <= $night) AND (g.to_on IS NULL OR g.to_on >= $night)
ORDER BY g.child_id, g.guardian_kind, g.adult_id;

-- name: members
-- One row per person of these households, as the newest records know them.
SELECT resident_id, household_id, status, rel1, rel2, rel3, rel4, birth_date, sex, ward_flag FROM now.residents
WHERE municipality_code = $municipality AND household_id IN (SELECT UNNEST($households))
ORDER BY household_id, resident_id;

-- name: claimants
-- One row per child of these households whose allowance somebody receives or has applied for.
SELECT a.child_id, a.claimant_id, COALESCE(a.facility, FALSE) AS facility FROM now.child_allowance AS a
INNER JOIN now.residents AS c ON c.resident_id = a.child_id AND c.municipality_code = a.municipality_code
WHERE a.municipality_code = $municipality AND c.household_id IN (SELECT UNNEST($households))
  AND a.benefit_status IN ('RECEIVING', 'APPLIED')
ORDER BY a.child_id, a.claimant_id;

-- name: payers
-- One row per person asked for: who pays their NHI premium.
SELECT resident_id, payer_id FROM now.nhi WHERE municipality_code = $municipality AND resident_id IN (SELECT UNNEST($people));
