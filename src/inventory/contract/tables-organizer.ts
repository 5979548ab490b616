/** What the organizer does: open, sell, resize, withhold, halt, retire. */
export const organizerTables = {
  'a grant asks neither the sale nor a limit, and always stock and pools': `
    open o1 A:3/P,B:5/P,P:6/pool state=draft buyerLimit=1 -> opened
    setSale l1 limit=A:1 -> sale_set
    reserve h1 A:1 -> sale_not_open
    grant h1 A:2 reason=press -> held v=3 items=A:2@1000 active until=600s by=ann
    grant h1 A:2 -> held again v=3 until=600s
    grant h1 A:1 -> idempotency_key_reused
    grant h1 A:2 by=bob -> idempotency_key_reused
    grant h2 A:1,B:4 -> tier_not_enough B:4>4:tier_not_enough A:1>1:tier_not_enough
    grant h2 A:2 by=bob -> tier_not_enough A:2>1:tier_not_enough
    grant h2 X:1,A:1 -> tier_unknown X:1>0:tier_unknown
    grant h3 B:4 by=bob -> held
    grant h4 B:1 -> tier_all_in_carts
    setSale s1 state=on_sale -> sale_set
    reserve h5 A:1 -> purchase_limit
    confirm h1 p1 A:2 -> sold
    grant h1 A:2 -> hold_already_confirmed
    release h3 -> released
    setSale s2 state=ended -> sale_set
    grant h6 B:1 -> held
    freeze f1 -> frozen
    grant h7 B:1 -> event_frozen
    line P -> held=1 sold=2
    facts -> opened sale_set held:press held sale_set sold released sale_set held frozen`,

  'opening again adds the lines that are missing and touches nothing else': `
    open o1 A:10 -> opened v=1
    open o1 A:10 -> opened again v=1
    open o2 A:10 -> event_exists
    reserve h1 A:2 -> held
    open o3 A:99,B:5/P,P:7/pool state=paused -> opened v=3
    line A -> capacity=10 held=2
    line B -> capacity=5 held=0
    snapshot -> snapshot state=on_sale
    open o4 C:5/Q -> tier_unknown
    open o4 C:5/A -> tier_unknown
    reserve h2 C:1 -> tier_unknown
    facts -> opened held opened`,

  'a tier of a pool that is not there opens nothing': `
    open o1 A:5/Q -> tier_unknown
    open o1 A:5 -> opened v=1`,

  'the sale decides who may reserve and extend': `
    open o1 A:10 state=draft extensionWindowMs=600s -> opened
    reserve h1 A:1 -> sale_not_open
    setSale s1 state=on_sale opensAt=10s closesAt=100s -> sale_set v=2 state=on_sale holdTtlMs=600000
    setSale s1 state=ended -> sale_set again v=2 state=on_sale
    reserve h1 A:1 -> sale_not_open from=10s
    wait 9999ms
    reserve h1 A:1 -> sale_not_open from=10s
    wait 1ms
    reserve h1 A:1 -> held
    setSale s2 state=paused -> sale_set
    reserve h2 A:1 -> sale_paused
    extend h1 x1 -> sale_paused
    pin h1 p1 -> pinned
    setSale s3 state=on_sale -> sale_set
    reserve h3 A:1 -> held
    wait 89999ms
    reserve h2 A:1 -> held
    wait 1ms
    reserve h4 A:1 -> sale_ended
    extend h2 x2 -> sale_ended
    setSale s4 closesAt=0 -> sale_set
    extend h2 x2 -> extended
    setSale s5 state=ended -> sale_set
    reserve h4 A:1 -> sale_ended
    setSale s6 opensAt=500s -> sale_set
    reserve h4 X:1 -> sale_not_open from=500s
    setSale s6b closesAt=500s -> input_invalid
    setSale s6c closesAt=400s state=ended -> input_invalid
    setSale s6d opensAt=900s closesAt=501s -> input_invalid
    setSale s7 state=draft -> sale_set
    extend h2 x3 -> sale_not_open`,

  'a changed sale is for holds to come': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held until=600s
    setSale s1 holdTtlMs=60s -> sale_set
    reserve h2 A:1 -> held until=60s
    reserve h1 A:1 -> held again until=600s
    facts -> opened held sale_set held`,

  'a capacity never falls below what is committed': `
    open o1 A:10 -> opened
    reserve h1 A:2 -> held
    reserve h2 A:3 -> held
    confirm h2 p2 A:3 -> sold
    withhold w1 A 1 -> withheld
    resize z1 A 5 -> capacity_below_committed minimum=6
    resize z1 A 6 -> resized capacity=6 target=null
    resize z1 A 6 -> resized again capacity=6 target=null
    line A -> capacity=6 free=0
    resize z2 A 20 -> resized capacity=20
    line A -> free=14`,

  'a drain shrinks a line as its units come free, before anybody can have them': `
    open o1 A:10/P,P:30/pool -> opened
    reserve h1 A:4 -> held
    reserve h2 A:3 -> held
    reserve h3 A:3 -> held
    drain z1 A 2 -> resized capacity=10 target=2
    release h1 -> released
    line A -> capacity=6 held=6 free=0 target=2
    line P -> capacity=30 held=6
    reserve h4 A:1 -> tier_all_in_carts
    wait 600s
    reserve h4 A:1 -> held
    line A -> capacity=2 held=1 free=1 target=null
    drain z1 A 2 -> resized again capacity=10 target=2
    facts -> opened held held held resized released resized:drain expired resized:drain expired resized:drain held`,

  'a drain at once when nothing is in its way, and ended by another resize': `
    open o1 A:10 -> opened
    drain z1 A 4 -> resized capacity=4 target=null
    drain z2 A 12 -> resized capacity=12 target=null
    reserve h1 A:5 -> held
    drain z3 A 3 -> resized capacity=5 target=3
    resize z4 A 8 -> resized capacity=8 target=null
    release h1 -> released
    line A -> capacity=8 target=null
    facts -> opened resized resized held resized resized released`,

  'a pool drains as well, and returned and withheld units feed a drain': `
    open o1 A:10/P,B:10/P,P:10/pool -> opened
    reserve h1 A:4,B:2 -> held
    confirm h1 p1 A:4,B:2 -> sold
    withhold w1 A 4 -> withheld
    drain z1 P 2 -> resized capacity=10 target=2
    drain z2 A 1 -> resized capacity=8 target=1
    giveBack g1 p1 A:1,B:1 -> returned
    line P -> capacity=8 free=0 target=2
    line A -> capacity=7 free=0 target=1
    withhold w2 A -3 -> withheld
    line A -> capacity=4 target=1
    line P -> capacity=5 target=2
    giveBack g2 p1 A:3 to=none -> returned
    line A -> capacity=1 sold=0 withheld=1 target=null
    line P -> capacity=2 sold=1 withheld=1 target=null
    facts -> opened held sold withheld resized resized returned:public resized:drain resized:drain withheld resized:drain resized:drain returned:none`,

  'withheld units are off sale, in the tier and in its pool': `
    open o1 A:5/P,B:9/P,P:8/pool -> opened
    withhold w1 A 3 -> withheld v=2
    withhold w1 A 3 -> withheld again v=2
    line A -> withheld=3 free=2
    line P -> withheld=3 free=5
    withhold w2 A 3 -> withhold_exceeds_available
    withhold w2 B 6 -> withhold_exceeds_available
    withhold w2 P 4 -> withheld
    line P -> withheld=7 free=1
    withhold w3 A -4 -> unwithhold_exceeds_withheld
    withhold w3 B -1 -> unwithhold_exceeds_withheld
    withhold w3 A -3 -> withheld
    withhold w4 P -5 -> unwithhold_exceeds_withheld
    withhold w4 P -4 -> withheld
    line P -> withheld=0
    reserve h1 B:8 -> held
    withhold w5 A 1 -> withhold_exceeds_available
    facts -> opened withheld withheld withheld withheld held`,

  'a frozen event takes no new promises and lets old ones end': `
    open o1 A:10 extensionWindowMs=600s -> opened
    reserve h1 A:1 -> held
    reserve h2 A:1 -> held
    reserve h3 A:1 -> held
    freeze f1 reason=ledger -> frozen v=5
    freeze f1 -> frozen again v=5
    reserve h4 A:1 -> event_frozen
    reserve h4 X:1 -> event_frozen
    extend h1 x1 -> event_frozen
    pin h1 p1 -> event_frozen
    find h1 -> found
    release h1 -> released
    confirm h2 p2 A:1 -> sold
    resize z1 A 20 -> resized
    wait 600s
    reclaim -> reclaimed expired=1
    freeze f2 -> frozen
    thaw t1 -> thawed
    reserve h4 A:1 -> held
    facts -> opened held held held frozen:ledger released sold resized expired frozen thawed held`,

  'a retired event has one answer, and goes only without holds': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held
    retire r1 -> event_has_holds
    wait 600s
    retire r1 actor=olga -> retired v=4
    retire r1 -> retired again v=4
    retire r2 -> event_retired
    open o2 B:1 -> event_retired
    reserve h1 A:1 -> event_retired
    reserve h2 A:1 -> event_retired
    extend h1 x1 -> event_retired
    pin h1 p1 -> event_retired
    release h1 -> event_retired
    confirm h1 p1 A:1 -> event_retired
    giveBack g1 p1 A:1 -> event_retired
    resize z1 A 5 -> event_retired
    reprice q1 A 5 -> event_retired
    withhold w1 A 1 -> event_retired
    setSale s1 state=paused -> event_retired
    freeze f1 -> event_retired
    reclaim -> event_retired
    voided t1 -> event_retired
    find h1 -> event_retired
    snapshot -> event_retired
    audit -> event_retired
    facts -> opened held expired retired`,
} as const;
