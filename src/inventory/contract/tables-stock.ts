/** What can be had: stock, pools, limits, and what falls due. */
export const stockTables = {
  'sold out, all in carts and not enough are three answers': `
    open o1 A:3,B:9 -> opened
    reserve h1 A:2 -> held
    reserve h2 A:2 -> tier_not_enough A:2>1:tier_not_enough
    reserve h2 A:1 -> held
    reserve h3 A:1 -> tier_all_in_carts A:1>0:tier_all_in_carts
    confirm h1 p1 A:2 -> sold
    reserve h3 A:1 -> tier_all_in_carts
    confirm h2 p2 A:1 -> sold
    reserve h3 A:1 -> tier_sold_out A:1>0:tier_sold_out
    reserve h3 A:1,B:1 -> tier_sold_out A:1>0:tier_sold_out
    line B -> held=0`,

  'every conflict of a basket is listed, the gravest names the refusal': `
    open o1 A:1,B:2,C:3,D:9 -> opened
    reserve h1 A:1 -> held
    confirm h1 p1 A:1 -> sold
    reserve h2 B:2 -> held
    reserve h3 D:1,C:4,B:1,A:1 -> tier_sold_out A:1>0:tier_sold_out B:1>0:tier_all_in_carts C:4>3:tier_not_enough
    reserve h3 C:4,B:1 -> tier_all_in_carts C:4>3:tier_not_enough
    setSale s1 limit=D:1 -> sale_set
    reserve h3 D:2,A:1 -> purchase_limit A:1>0:tier_sold_out D:2>1:purchase_limit`,

  'unknown tiers are all listed, and a pool is not a tier': `
    open o1 A:5/P,P:5/pool -> opened
    reserve h1 A:9,X:1,P:2,Y:3 -> tier_unknown P:2>0:tier_unknown X:1>0:tier_unknown Y:3>0:tier_unknown
    reprice r1 P 5 -> tier_unknown
    reprice r1 X 5 -> tier_unknown
    resize z1 X 5 -> tier_unknown
    withhold w1 X 1 -> tier_unknown
    setSale s1 limit=P:2 -> tier_unknown
    setSale s1 limit=X:2 -> tier_unknown
    giveBack g1 p1 X:1 -> tier_unknown
    giveBack g1 p1 A:1,P:1 -> tier_unknown
    confirm h1 p1 A:1,X:1 -> tier_unknown`,

  'tiers of a pool share its units, summed over the cart': `
    open o1 A:10/P,B:10/P,P:5/pool,C:9 -> opened
    reserve h1 A:3,B:3,C:1 -> tier_not_enough A:3>5:tier_not_enough B:3>5:tier_not_enough
    reserve h1 A:2,B:1,C:1 -> held
    line P -> held=3 free=2
    reserve h2 A:3 -> tier_not_enough A:3>2:tier_not_enough
    reserve h2 B:2 -> held
    reserve h3 A:1 -> tier_all_in_carts A:1>0:tier_all_in_carts
    confirm h1 p1 A:2,B:1,C:1 -> sold
    line P -> held=2 sold=3
    confirm h2 p2 B:2 -> sold
    reserve h3 A:1 -> tier_sold_out A:1>0:tier_sold_out`,

  'the tier can be what limits, and not its pool': `
    open o1 A:2/P,B:10/P,P:9/pool -> opened
    reserve h1 A:3,B:8 -> tier_not_enough A:3>2:tier_not_enough B:8>9:tier_not_enough
    reserve h1 A:2 -> held
    reserve h2 A:1,B:8 -> tier_all_in_carts A:1>0:tier_all_in_carts B:8>7:tier_not_enough`,

  'a limit counts what is held and bought, in the event and per tier': `
    open o1 A:10,B:10 buyerLimit=4 -> opened
    setSale s1 limit=A:3 -> sale_set
    reserve h1 A:4 -> purchase_limit A:4>3:purchase_limit
    reserve h1 A:3 -> held
    reserve h2 A:1 -> purchase_limit A:1>0:purchase_limit
    reserve h2 B:2 -> purchase_limit B:2>1:purchase_limit
    reserve h2 A:1,B:1 -> purchase_limit A:1>0:purchase_limit B:1>1:purchase_limit
    reserve h2 B:1 -> held
    reserve h3 B:1 by=bob -> held
    confirm h1 p1 A:3 -> sold
    reserve h4 A:1 -> purchase_limit A:1>0:purchase_limit`,

  'a limit is freed by release, expiry and give-back': `
    open o1 A:10 buyerLimit=2 -> opened
    reserve h1 A:2 -> held
    reserve h2 A:1 -> purchase_limit
    release h1 -> released
    reserve h2 A:2 -> held
    wait 600s
    reserve h3 A:2 -> held
    confirm h3 p3 A:2 -> sold
    reserve h4 A:1 -> purchase_limit
    giveBack g1 p3 A:1 -> returned
    reserve h4 A:2 -> purchase_limit A:2>1:purchase_limit
    reserve h4 A:1 -> held`,

  'the price of a hold is the price when it was made': `
    open o1 A:10 -> opened
    reserve h1 A:1 -> held items=A:1@1000
    reprice r1 A 1500 -> repriced priceVersion=2
    reprice r1 A 1500 -> repriced again priceVersion=2
    find h1 -> found items=A:1@1000
    reserve h2 A:1 -> held items=A:1@1500
    line A -> price=1500 priceVersion=2
    facts -> opened held repriced held`,

  'a due hold is no hold for anybody, and its units are free at once': `
    open o1 A:2 -> opened
    reserve h1 A:2 -> held
    wait 599999ms
    ghosts -> none
    reserve h2 A:1 -> tier_all_in_carts
    wait 1ms
    ghosts -> A:2
    reserve h2 A:2 -> held
    ghosts -> none
    confirm h1 p1 A:2 -> unfulfilled
    facts -> opened held expired held unfulfilled`,

  'due holds end in the order of their deadlines, by whatever command comes first': `
    open o1 A:9,B:9/P,P:9/pool -> opened
    reserve h2 A:1 -> held
    reserve h1 B:1 -> held
    wait 1s
    reserve h3 A:1 -> held
    wait 600s
    ghosts -> A:2 B:1 P:1
    snapshot -> snapshot state=on_sale
    ghosts -> none
    facts -> opened held held held expired expired expired`,

  'reclaim ends what is due and says how many': `
    open o1 A:9 -> opened
    reserve h1 A:1 -> held
    reserve h2 A:1 -> held
    reclaim -> reclaimed expired=0
    wait 600s
    reclaim -> reclaimed expired=2
    reclaim -> reclaimed expired=0`,
} as const;
