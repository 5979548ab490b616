/** Sold for good, too late for that, and given back. */
export const saleTables = {
  'confirm turns held into sold, once per order': `
    open o1 A:10 -> opened
    reserve h1 A:2 -> held
    pin h1 p1 -> pinned
    confirm h1 p2 A:2 -> hold_pinned_elsewhere
    confirm h1 p1 A:2 -> sold v=4
    confirm h1 p1 A:2 -> sold again v=4
    line A -> held=0 sold=2 free=8
    find h1 -> hold_already_confirmed
    confirm h1 p3 A:2 -> hold_already_confirmed
    facts -> opened held pinned sold`,

  'an active hold may be confirmed, and what is sold is what it held and the order is of': `
    open o1 A:10,B:10 -> opened
    reserve h1 A:2,B:1 -> held
    confirm h1 p1 B:5 -> hold_basket_differs
    confirm h1 p1 A:2 -> hold_basket_differs
    confirm h1 p1 A:2,B:2 -> hold_basket_differs
    pin h1 p1 -> pinned
    confirm h1 p1 A:3,B:1 -> hold_basket_differs
    line A -> held=2 sold=0
    confirm h1 p1 B:1,A:1,A:1 -> sold
    line A -> held=0 sold=2
    line B -> sold=1
    facts -> opened held pinned sold`,

  'neither the state of the sale nor a limit stops a confirm': `
    open o1 A:10 -> opened
    reserve h1 A:2 -> held
    reserve h2 A:2 -> held
    setSale s1 state=ended buyerLimit=1 -> sale_set
    freeze f1 -> frozen
    confirm h1 p1 A:2 -> sold
    release h2 -> released
    confirm h2 p2 A:2 -> sold late`,

  'a hold that is gone is acquired again while there is stock': `
    open o1 A:3/P,P:3/pool -> opened
    reserve h1 A:2 -> held
    wait 600s
    confirm h1 p1 A:2 -> sold late v=4
    confirm h1 p1 A:2 -> sold again late v=4
    line A -> held=0 sold=2
    line P -> sold=2
    find h1 -> hold_expired
    confirm h9 p9 A:1 -> sold late
    find h9 -> hold_already_confirmed
    confirm h9 p8 A:1 -> hold_already_confirmed
    facts -> opened held expired sold:late sold:late`,

  'without stock the order is unfulfilled, for good': `
    open o1 A:2/P,B:9/P,P:3/pool -> opened
    reserve h1 A:2 -> held
    release h1 -> released
    reserve h2 A:1,B:1 by=bob -> held
    confirm h1 p1 A:2 -> unfulfilled v=5
    release h2 -> released
    confirm h1 p1 A:2 -> unfulfilled again v=5
    find h1 -> hold_released
    confirm h9 p9 A:2,B:2 -> unfulfilled
    find h9 -> hold_unfulfilled
    confirm h9 p8 A:2,B:1 -> sold late
    find h9 -> hold_unfulfilled
    facts -> opened held released held unfulfilled released unfulfilled sold:late`,

  'a late sale counts for the limits of its buyer': `
    open o1 A:5 buyerLimit=2 -> opened
    confirm h1 p1 A:2 -> sold late
    reserve h2 A:1 -> purchase_limit A:1>0:purchase_limit`,

  'what is given back goes to the public, to the house, or away': `
    open o1 A:10/P,P:20/pool -> opened
    reserve h1 A:6 -> held
    confirm h1 p1 A:6 -> sold
    giveBack g1 p1 A:1 -> returned v=4
    line A -> capacity=10 sold=5 withheld=0 free=5
    giveBack g1 p1 A:1 -> returned again v=4
    giveBack g2 p1 A:2 to=house -> returned
    line A -> capacity=10 sold=3 withheld=2 free=5
    line P -> capacity=20 sold=3 withheld=2 free=15
    giveBack g3 p1 A:1,A:1 to=none -> returned
    line A -> capacity=8 sold=1 withheld=2 free=5
    line P -> capacity=18 sold=1
    facts -> opened held sold returned:public returned:house returned:none`,

  'no more is given back than the buyer bought, nor than was sold': `
    open o1 A:10,B:10 -> opened
    reserve h1 A:2 -> held
    reserve h2 A:2 by=bob -> held
    giveBack g1 p1 A:1 -> give_back_exceeds_sold
    confirm h1 p1 A:2 -> sold
    giveBack g1 p1 A:3 -> give_back_exceeds_sold
    giveBack g1 p1 A:2,A:1 -> give_back_exceeds_sold
    giveBack g1 p1 A:1,B:1 -> give_back_exceeds_sold
    giveBack g1 p1 A:1 by=cat -> give_back_exceeds_sold
    giveBack g1 p1 A:2 -> returned
    giveBack g2 p1 A:1 -> give_back_exceeds_sold
    giveBack g2 p1 B:1,X:1 -> tier_unknown`,

  'tickets that are given back by name are void at once, and can be given back once': `
    open o1 A:10,B:10 -> opened
    voided t1,t2 -> voided tickets=none
    reserve h1 A:4,B:2 -> held
    confirm h1 p1 A:4,B:2 -> sold
    giveBack g1 p1 A:1,B:1 tickets=t1,t9 -> returned v=4
    voided t1,t2,t9 -> voided tickets=t1,t9
    giveBack g1 p1 A:1,B:1 tickets=t1,t9 -> returned again v=4
    giveBack g2 p1 A:2 tickets=t2,t1 -> ticket_void
    giveBack g3 p1 A:9 tickets=t1,t2,t3,t4,t5,t6,t7,t8,t9 -> ticket_void
    giveBack g4 p1 A:2 tickets=t2 -> input_invalid
    giveBack g5 p1 A:2 tickets=t2,t2 -> input_invalid
    giveBack g6 p1 A:2,X:1 tickets=t1,t2,t3 -> tier_unknown
    voided t2 -> voided tickets=none
    giveBack g7 p1 A:2 -> returned
    giveBack g8 p1 A:1 to=none tickets=t2 -> returned
    voided t1,t2,t3,t9 -> voided tickets=t1,t2,t9
    facts -> opened held sold returned:public returned:public returned:none`,
} as const;
