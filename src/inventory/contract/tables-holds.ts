/** The life of a hold: reserve, extend, pin, release, and being asked twice. */
export const holdTables = {
  'a hold takes units of its tier until it is released': `
    open o1 A:10 -> opened v=1
    reserve h1 A:2 -> held v=2 items=A:2@1000 active until=600s extensions=0 order=none by=ann
    line A -> capacity=10 held=2 sold=0 withheld=0 free=8
    find h1 -> found active until=600s
    release h1 by=ann -> released v=3
    line A -> held=0 free=10
    release h1 -> released again v=3
    find h1 -> hold_released
    facts -> opened held released`,

  'the same reserve again is the same hold, another one under its id is refused': `
    open o1 A:10,B:10 -> opened
    reserve h1 B:1,A:2 -> held v=2 items=A:2@1000,B:1@1000
    reserve h1 A:2,B:1 -> held again v=2
    reserve h1 A:1,B:1,A:1 -> held again
    reserve h1 A:2 -> idempotency_key_reused
    reserve h1 A:2,B:2 -> idempotency_key_reused
    reserve h1 A:2,B:1 by=bob -> idempotency_key_reused
    line A -> held=2
    facts -> opened held`,

  'a repeated reserve gets the hold as it was first made': `
    open o1 A:10 extensionWindowMs=600s -> opened
    reserve h1 A:1 -> held until=600s
    wait 10s
    extend h1 x1 -> extended until=780s extensions=1
    reserve h1 A:1 -> held again active until=600s extensions=0
    pin h1 o1 -> pinned
    reserve h1 A:1 -> held again active until=600s order=none`,

  'a repeated reserve is answered even when the sale is over or halted': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held
    setSale s1 state=ended -> sale_set
    reserve h1 A:1 -> held again
    freeze f1 -> frozen
    reserve h1 A:1 -> held again
    release h1 -> released
    reserve h1 A:1 -> hold_released`,

  'how a hold ended is remembered, for its own basket only': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held
    release h1 -> released
    reserve h1 A:1 -> hold_released
    reserve h1 A:2 -> idempotency_key_reused
    reserve h2 A:1 -> held
    confirm h2 p2 A:1 -> sold
    reserve h2 A:1 -> hold_already_confirmed
    reserve h3 A:1 -> held
    wait 600s
    reserve h3 A:1 -> hold_expired
    confirm h4 p4 A:99 -> unfulfilled
    reserve h4 A:99 -> hold_unfulfilled
    reserve h4 A:1 -> idempotency_key_reused`,

  'every command on an ended hold says how it ended': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held
    release h1 -> released
    reserve h2 A:1 -> held
    confirm h2 p2 A:1 -> sold
    reserve h3 A:1 -> held
    wait 600s
    confirm h4 p4 A:99 -> unfulfilled
    extend h1 x1 -> hold_released
    extend h2 x2 -> hold_already_confirmed
    extend h3 x3 -> hold_expired
    extend h4 x4 -> hold_unfulfilled
    extend h5 x5 -> hold_unknown
    pin h1 p1 -> hold_released
    pin h2 p1 -> hold_already_confirmed
    pin h3 p1 -> hold_expired
    pin h4 p1 -> hold_unfulfilled
    pin h5 p1 -> hold_unknown
    release h1 -> released again
    release h2 -> hold_already_confirmed
    release h3 -> hold_expired
    release h4 -> hold_unfulfilled
    release h5 -> hold_unknown
    find h1 -> hold_released
    find h2 -> hold_already_confirmed
    find h3 -> hold_expired
    find h4 -> hold_unfulfilled
    find h5 -> hold_unknown
    confirm h2 p9 A:1 -> hold_already_confirmed`,

  'the hold of another buyer is an unknown hold': `
    open o1 A:10 extensionWindowMs=600s -> opened
    reserve h1 A:1 by=ann -> held
    find h1 by=bob -> hold_unknown
    extend h1 x1 by=bob -> hold_unknown
    pin h1 p1 by=bob -> hold_unknown
    release h1 by=bob -> hold_unknown
    confirm h1 p1 A:1 by=bob -> hold_unknown
    find h1 by=ann -> found by=ann`,

  'a hold is extended inside its window, as often as the sale allows': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held until=600s
    extend h1 x1 -> extend_too_early from=480s
    wait 479999ms
    extend h1 x1 -> extend_too_early from=480s
    wait 1ms
    extend h1 x1 -> extended v=3 until=780s extensions=1
    extend h1 x1 -> extended again v=3 until=780s extensions=1
    extend h1 x2 -> extend_too_early from=660s
    wait 299999ms
    extend h1 x2 -> extended until=960s extensions=2
    extend h1 x1 -> extended again until=780s extensions=1
    wait 179999ms
    extend h1 x3 -> no_extensions_left
    find h1 -> found until=960s
    wait 2ms
    find h1 -> hold_expired
    extend h1 x2 -> hold_expired
    facts -> opened held extended extended expired`,

  'an outage is made up for: no step is counted, no sale is asked, and 15 minutes is all': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held until=600s
    cover h1 x1 -> extended again v=2 until=600s
    setSale o2 state=paused -> sale_set
    wait 450s
    cover h1 x1 -> extended again until=600s
    wait 1ms
    extend h1 x9 -> sale_paused
    cover h1 x1 -> extended v=4 until=750.001s extensions=0
    cover h1 x1 -> extended again v=4 until=750.001s
    cover h1 x2 -> extended again until=750.001s
    cover h1 x3 by=bob -> hold_unknown
    setSale o3 state=on_sale -> sale_set
    wait 180s
    extend h1 x4 -> extended until=930.001s extensions=1
    wait 299999ms
    cover h1 x5 -> extended until=1230s extensions=1
    wait 299s
    cover h1 x6 -> extended until=1529s
    wait 299s
    cover h1 x7 -> extended until=1680s
    wait 140s
    cover h1 x8 -> no_extensions_left
    extend h1 x10 -> extended until=1860s extensions=2
    freeze o4 -> frozen
    wait 100s
    cover h1 x11 -> event_frozen
    thaw o5 -> thawed
    pin h1 p1 until=40m -> pinned
    cover h1 x12 -> hold_paying
    release h1 order=p1 -> released
    cover h1 x13 -> hold_released
    cover h1 o2 -> idempotency_key_reused`,

  'an op that named another command, or another hold, is refused': `
    open o1 A:10,B:10 extensionWindowMs=600s -> opened
    reserve h1 A:1 -> held
    reserve h2 A:1 -> held
    extend h1 x1 -> extended
    extend h2 x1 -> idempotency_key_reused
    extend h1 o1 -> idempotency_key_reused
    resize x1 A 5 -> idempotency_key_reused
    giveBack x1 p1 A:1 -> idempotency_key_reused
    open x1 C:1 -> idempotency_key_reused
    confirm h2 p1 A:1 -> sold`,

  'a paying hold outlives its deadline and cannot be given up by its buyer': `
    open o1 A:10 extensionWindowMs=600s -> opened
    reserve h1 A:1 -> held
    pin h1 p1 until=900s -> pinned v=3 paying until=900s order=p1
    extend h1 x1 -> hold_paying
    release h1 by=ann -> hold_paying
    wait 2000s
    find h1 -> found paying until=900s
    reclaim -> reclaimed expired=0
    line A -> held=1
    release h1 -> hold_pinned_elsewhere
    release h1 order=p2 -> hold_pinned_elsewhere
    release h1 order=p1 -> released v=4
    line A -> held=0
    facts -> opened held pinned released`,

  'pinning again by the same order moves the deadline, by another is refused': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held
    pin h1 p1 until=900s -> pinned v=3
    pin h1 p1 until=900s -> pinned again v=3
    pin h1 p2 until=900s -> hold_pinned_elsewhere
    pin h1 p1 until=1000s -> pinned v=4 until=1000s
    facts -> opened held pinned pinned`,

  'the halves of a batch that are the same are one hold': `
    open o1 A:10 -> opened
    reserve h1 A:2 & reserve h1 A:2 -> held v=2 & held again v=2
    reserve h2 A:1 & reserve h2 A:2 -> held & idempotency_key_reused
    reserve h3 A:1 by=ann & reserve h3 A:1 by=bob -> held & idempotency_key_reused
    line A -> held=4
    facts -> opened held held held`,

  'the baskets of a batch see each other': `
    open o1 A:3,B:5 -> opened
    reserve h1 A:2 & reserve h2 A:2 & reserve h3 A:1 -> held & tier_not_enough A:2>1:tier_not_enough & held
    reserve h4 A:1 & reserve h5 B:1 -> tier_all_in_carts A:1>0:tier_all_in_carts & held
    setSale s1 buyerLimit=2 -> sale_set
    reserve h6 B:2 by=cat & reserve h7 B:1 by=cat -> held & purchase_limit B:1>0:purchase_limit
    facts -> opened held held held sale_set held`,
} as const;
