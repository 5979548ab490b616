// Made by `npm run client:types` of the OpenAPI document. Do not edit.

export interface paths {
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin or renew a session
         * @description With a valid session it is renewed for the same person; without one a new person begins.
         */
        post: operations["createSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the events that are published, a page at a time */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{event}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an event and its tiers */
        get: operations["showEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{event}/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count what is left, tier by tier
         * @description One answer is shared by all who ask at about the same time. Poll it with `If-None-Match`.
         */
        get: operations["showAvailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{event}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold a basket of tickets: all of it or nothing
         * @description The same key with the same basket is the same hold, however often it is sent.
         */
        post: operations["reserve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holds/{hold}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a hold to its buyer, or how it ended */
        get: operations["showHold"];
        put?: never;
        post?: never;
        /** Give a hold back */
        delete: operations["releaseHold"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holds/{hold}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Extend a hold that is about to end by one step */
        post: operations["extendHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a mail with a link that signs in
         * @description Answered alike whether or not anybody has this address. The session that is sent along is the one whose orders are joined, where it is also the one that uses the link.
         */
        post: operations["askToSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sign-in/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use the link: once, within its 15 minutes
         * @description A browser is sent on to its tickets, signed in; a program that accepts application/json gets the session. A page of another site cannot use it for somebody.
         */
        post: operations["useSignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holds/{hold}/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn a hold into an order that can be paid
         * @description One hold has one order and one payment: whoever asks again, with this key or another one, gets the same. The hold lives until two minutes after `expiresAt`. What costs nothing is sold at once. While payments or records are down, the hold lives on meanwhile, for 15 minutes in all.
         */
        post: operations["checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your orders, newest first */
        get: operations["listOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one of your orders */
        get: operations["showOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Come back from paying: look at the payment now
         * @description Believes nothing but the provider. Ask as often as you like.
         */
        post: operations["completeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close the payment and give the tickets back
         * @description Who was paid meanwhile is paid, and `status` says so.
         */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your tickets, newest first, a page at a time */
        get: operations["listTickets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets/{ticket}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a ticket of yours, with its code
         * @description Answers for five minutes also while the records cannot be asked; a void ticket is never shown as valid. Looks are logged.
         */
        get: operations["showTicket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets/{ticket}/qr.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The QR of a ticket of yours */
        get: operations["showTicketQr"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        EventId: string;
        TierId: string;
        HoldId: string;
        /** Format: date-time */
        Instant: string;
        Money: {
            /** @description Minor units */
            amount: number;
            currency: string;
        };
        /** @enum {string} */
        SaleState: "draft" | "on_sale" | "paused" | "ended";
        Sale: {
            state: components["schemas"]["SaleState"];
            holdTtlMs: number;
            /** @description Units one buyer may have in the event; 0 is no limit */
            buyerLimit: number;
            extensionsMax: number;
            extensionMs: number;
            extensionWindowMs: number;
            opensAt: components["schemas"]["Instant"] | null;
            closesAt: components["schemas"]["Instant"] | null;
        };
        EventSummary: {
            id: components["schemas"]["EventId"];
            name: string;
            venue: string;
            startsAt: components["schemas"]["Instant"];
            timeZone: string;
            currency: string;
            saleState: components["schemas"]["SaleState"];
        };
        EventPage: {
            events: components["schemas"]["EventSummary"][];
            /** @description The `after` of the next page */
            next: components["schemas"]["EventId"] | null;
        };
        Event: {
            id: components["schemas"]["EventId"];
            name: string;
            venue: string;
            startsAt: components["schemas"]["Instant"];
            timeZone: string;
            currency: string;
            saleState: components["schemas"]["SaleState"];
            sale: components["schemas"]["Sale"];
            tiers: {
                id: components["schemas"]["TierId"];
                name: string;
                price: components["schemas"]["Money"];
                poolId: components["schemas"]["TierId"] | null;
            }[];
        };
        Availability: {
            eventId: components["schemas"]["EventId"];
            /** @description Grows when the inventory was rebuilt */
            epoch: number;
            /** @description Grows with every change within an epoch */
            version: number;
            saleState: components["schemas"]["SaleState"];
            opensAt: components["schemas"]["Instant"] | null;
            closesAt: components["schemas"]["Instant"] | null;
            halted: boolean;
            tiers: {
                tierId: components["schemas"]["TierId"];
                name: string;
                price: components["schemas"]["Money"];
                available: number;
                held: number;
                sold: number;
                capacity: number;
                /** @enum {string} */
                state: "available" | "all_in_carts" | "sold_out";
            }[];
        };
        Hold: {
            id: components["schemas"]["HoldId"];
            eventId: components["schemas"]["EventId"];
            /** @enum {string} */
            state: "active" | "paying";
            items: {
                tierId: components["schemas"]["TierId"];
                quantity: number;
                unitPrice: components["schemas"]["Money"];
            }[];
            total: components["schemas"]["Money"];
            expiresAt: components["schemas"]["Instant"];
            extensionsLeft: number;
            serverNow: components["schemas"]["Instant"];
        };
        ExtendedHold: {
            id: components["schemas"]["HoldId"];
            eventId: components["schemas"]["EventId"];
            /** @enum {string} */
            state: "active" | "paying";
            items: {
                tierId: components["schemas"]["TierId"];
                quantity: number;
                unitPrice: components["schemas"]["Money"];
            }[];
            total: components["schemas"]["Money"];
            expiresAt: components["schemas"]["Instant"];
            extensionsLeft: number;
        };
        Session: {
            token: string;
            userId: string;
            expiresAt: components["schemas"]["Instant"];
        };
        Problem: {
            /** @description Where the refusal is explained */
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            code: string;
            traceId: string;
            errors?: {
                detail: string;
                /** @description A JSON Pointer into the body */
                pointer?: string;
                header?: string;
                parameter?: string;
            }[];
            conflicts?: {
                tierId: components["schemas"]["TierId"];
                requested: number;
                available: number;
                /** @enum {string} */
                reason: "purchase_limit" | "tier_sold_out" | "tier_all_in_carts" | "tier_not_enough" | "tier_unknown";
            }[];
            minimum?: number;
            /** @description Of `price_changed` and `total_below_minimum`: what it costs */
            total?: components["schemas"]["Money"];
            from?: components["schemas"]["Instant"];
            /** @description Of `scope_missing`: any of these would do */
            scopes?: ("events:read" | "events:write" | "inventory:write" | "orders:read" | "orders:write" | "tickets:read" | "checkins:write" | "audit:read" | "operations:write")[];
            "violated-policies"?: string[];
            /** @description Of `websocket_required`: the subprotocols spoken here */
            supported?: string[];
        };
        Order: {
            id: string;
            eventId: string;
            holdId: string | null;
            /** @enum {string} */
            status: "pending" | "expired" | "cancelled" | "refunded_unfulfilled" | "paid" | "partially_refunded" | "disputed" | "refunded";
            /** @enum {string} */
            mode: "hosted" | "intent" | "free" | "comp";
            lines: {
                tierId: string;
                title: string;
                quantity: number;
                unitPrice: components["schemas"]["Money"];
                discount: components["schemas"]["Money"];
                fees: components["schemas"]["Money"];
                total: components["schemas"]["Money"];
            }[];
            /** @description All in: total = subtotal - discount + fees */
            price: {
                subtotal: components["schemas"]["Money"];
                discount: components["schemas"]["Money"];
                fees: components["schemas"]["Money"];
                total: components["schemas"]["Money"];
            };
            /** @description Until when it can be paid */
            expiresAt: string | null;
            /** @description Where it is paid, while it can be */
            checkoutUrl: string | null;
            tickets: {
                id: string;
                tierId: string;
                ordinal: number;
                status: string;
            }[];
            /** Format: date-time */
            createdAt: string;
            paidAt: string | null;
        };
        CheckedOut: {
            id: string;
            eventId: string;
            holdId: string | null;
            /** @enum {string} */
            status: "pending" | "expired" | "cancelled" | "refunded_unfulfilled" | "paid" | "partially_refunded" | "disputed" | "refunded";
            /** @enum {string} */
            mode: "hosted" | "intent" | "free" | "comp";
            lines: {
                tierId: string;
                title: string;
                quantity: number;
                unitPrice: components["schemas"]["Money"];
                discount: components["schemas"]["Money"];
                fees: components["schemas"]["Money"];
                total: components["schemas"]["Money"];
            }[];
            /** @description All in: total = subtotal - discount + fees */
            price: {
                subtotal: components["schemas"]["Money"];
                discount: components["schemas"]["Money"];
                fees: components["schemas"]["Money"];
                total: components["schemas"]["Money"];
            };
            /** @description Until when it can be paid */
            expiresAt: string | null;
            /** @description Where it is paid, while it can be */
            checkoutUrl: string | null;
            tickets: {
                id: string;
                tierId: string;
                ordinal: number;
                status: string;
            }[];
            /** Format: date-time */
            createdAt: string;
            paidAt: string | null;
            /** @description Of mode intent: for the form, told nowhere else */
            clientSecret: string | null;
        };
        OrderPage: {
            orders: components["schemas"]["Order"][];
            /** @description The `after` of the next page */
            next: string | null;
        };
        TicketId: string;
        /** @enum {string} */
        TicketStatus: "issued" | "transferred" | "redeemed" | "refunding" | "void" | "suspended";
        Ticket: {
            id: components["schemas"]["TicketId"];
            orderId: string;
            eventId: components["schemas"]["EventId"];
            eventName: string;
            venue: string;
            startsAt: components["schemas"]["Instant"];
            timeZone: string;
            tierId: components["schemas"]["TierId"];
            tierName: string;
            status: components["schemas"]["TicketStatus"];
            /** @description Grows when the ticket changes hands; codes of older ones are refused */
            generation: number;
            issuedAt: components["schemas"]["Instant"];
            redeemedAt: components["schemas"]["Instant"] | null;
            version: number;
            /** @description What the QR says; null for a ticket that opens no door */
            code: string | null;
            /** @description When another code is needed, of an event whose codes rotate */
            codeChangesAt: components["schemas"]["Instant"] | null;
            /** @description When the records said so: older than now while they cannot be asked */
            asOf: components["schemas"]["Instant"];
        };
        TicketPage: {
            tickets: {
                id: components["schemas"]["TicketId"];
                orderId: string;
                eventId: components["schemas"]["EventId"];
                eventName: string;
                venue: string;
                startsAt: components["schemas"]["Instant"];
                timeZone: string;
                tierId: components["schemas"]["TierId"];
                tierName: string;
                status: components["schemas"]["TicketStatus"];
                /** @description Grows when the ticket changes hands; codes of older ones are refused */
                generation: number;
                issuedAt: components["schemas"]["Instant"];
                redeemedAt: components["schemas"]["Instant"] | null;
                version: number;
            }[];
            /** @description The `after` of the next page */
            next: components["schemas"]["TicketId"] | null;
        };
        Checkout: {
            buyer: {
                email: string;
                name?: string;
                locale?: string;
            };
            expectedTotal?: {
                amount: number;
                currency: string;
            };
            promoCode?: string;
            /** @enum {string} */
            mode?: "hosted" | "intent";
        };
        AskToSignIn: {
            /** @description An e-mail address. */
            email: string;
            /** @enum {string} */
            locale?: "en" | "de";
        };
        Reserve: {
            items: {
                tierId: string;
                quantity: number;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. A browser on the same site gets it as a cookie too. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                limit?: string;
                after?: string;
            };
            header?: {
                /** @description The ETag of what you have. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. `Link` with rel="next" leads to the following one, where there is one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description You have these very bytes. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `input_invalid`: The request has invalid values. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `records_unavailable`: The records are not available right now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    showEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what you have. */
                "If-None-Match"?: string;
            };
            path: {
                event: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description You have these very bytes. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `event_unknown`: There is no such event. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "event_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    showAvailability: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what you have. */
                "If-None-Match"?: string;
            };
            path: {
                event: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
            /** @description You have these very bytes. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `event_unknown`: There is no such event. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "event_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `event_retired`: This event is closed for good. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    reserve: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the intention: the same for each repetition, another one for each new request. */
                "Idempotency-Key": string;
            };
            path: {
                event: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reserve"];
            };
        };
        responses: {
            /** @description The hold. `Idempotency-Replayed: true` where it was made by an earlier request. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /**
             * @description `request_malformed`: The request is not valid HTTP.
             *
             *     `body_not_json`: The body is not valid JSON.
             *
             *     `body_key_repeated`: A key stands twice in the body.
             *
             *     `idempotency_key_missing`: This request needs an Idempotency-Key header.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed" | "body_not_json" | "body_key_repeated" | "idempotency_key_missing";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `sale_not_open`: The sale has not opened yet.
             *
             *     `sale_paused`: The sale is paused.
             *
             *     `sale_ended`: The sale has ended.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "sale_not_open" | "sale_paused" | "sale_ended";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `tier_unknown`: There is no such tier in this event.
             *
             *     `event_unknown`: There is no such event.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "tier_unknown" | "event_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `purchase_limit`: This is more than one buyer may have.
             *
             *     `tier_sold_out`: Sold out.
             *
             *     `tier_all_in_carts`: All remaining tickets are in other baskets.
             *
             *     `tier_not_enough`: Fewer tickets are left than asked for.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "purchase_limit" | "tier_sold_out" | "tier_all_in_carts" | "tier_not_enough";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `event_retired`: This event is closed for good. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is larger than 64 KB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `media_type_unsupported`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "media_type_unsupported";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_key_reused`: This Idempotency-Key was used for another request.
             *
             *     `input_invalid`: The request has invalid values.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `event_frozen`: This event is halted while its records are checked.
             *
             *     `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "event_frozen" | "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    showHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                hold: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold, while it lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `hold_unknown`: There is no such hold. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "hold_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `hold_already_confirmed`: This hold was already turned into tickets. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "hold_already_confirmed";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_released`: This hold was released.
             *
             *     `hold_expired`: This hold has expired.
             *
             *     `hold_unfulfilled`: This hold could not be fulfilled and is being refunded.
             *
             *     `hold_lost`: This hold was lost in a fault; reserve the same basket again.
             *
             *     `event_retired`: This event is closed for good.
             */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "hold_released" | "hold_expired" | "hold_unfulfilled" | "hold_lost" | "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                hold: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is given back. Again is the same answer. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `hold_unknown`: There is no such hold. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "hold_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_already_confirmed`: This hold was already turned into tickets.
             *
             *     `hold_paying`: This hold is being paid.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "hold_already_confirmed" | "hold_paying";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_released`: This hold was released.
             *
             *     `hold_expired`: This hold has expired.
             *
             *     `hold_unfulfilled`: This hold could not be fulfilled and is being refunded.
             *
             *     `hold_lost`: This hold was lost in a fault; reserve the same basket again.
             *
             *     `event_retired`: This event is closed for good.
             */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "hold_released" | "hold_expired" | "hold_unfulfilled" | "hold_lost" | "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `event_frozen`: This event is halted while its records are checked.
             *
             *     `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "event_frozen" | "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    extendHold: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the intention: the same for each repetition, another one for each new request. */
                "Idempotency-Key": string;
            };
            path: {
                hold: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold with its new end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtendedHold"];
                };
            };
            /**
             * @description `request_malformed`: The request is not valid HTTP.
             *
             *     `idempotency_key_missing`: This request needs an Idempotency-Key header.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed" | "idempotency_key_missing";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `sale_not_open`: The sale has not opened yet.
             *
             *     `sale_paused`: The sale is paused.
             *
             *     `sale_ended`: The sale has ended.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "sale_not_open" | "sale_paused" | "sale_ended";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `hold_unknown`: There is no such hold. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "hold_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_already_confirmed`: This hold was already turned into tickets.
             *
             *     `hold_paying`: This hold is being paid.
             *
             *     `no_extensions_left`: This hold cannot be extended any more.
             *
             *     `extend_too_early`: This hold can be extended only shortly before it ends.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "hold_already_confirmed" | "hold_paying" | "no_extensions_left" | "extend_too_early";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_released`: This hold was released.
             *
             *     `hold_expired`: This hold has expired.
             *
             *     `hold_unfulfilled`: This hold could not be fulfilled and is being refunded.
             *
             *     `hold_lost`: This hold was lost in a fault; reserve the same basket again.
             *
             *     `event_retired`: This event is closed for good.
             */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "hold_released" | "hold_expired" | "hold_unfulfilled" | "hold_lost" | "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `input_invalid`: The request has invalid values. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `event_frozen`: This event is halted while its records are checked.
             *
             *     `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "event_frozen" | "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    askToSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskToSignIn"];
            };
        };
        responses: {
            /** @description If the address is known, a mail is on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description `request_malformed`: The request is not valid HTTP.
             *
             *     `body_not_json`: The body is not valid JSON.
             *
             *     `body_key_repeated`: A key stands twice in the body.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed" | "body_not_json" | "body_key_repeated";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is larger than 64 KB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `media_type_unsupported`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "media_type_unsupported";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `input_invalid`: The request has invalid values. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `records_unavailable`: The records are not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "records_unavailable" | "outcome_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    useSignInLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session, where JSON is accepted. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description To the tickets, signed in; or to a page that says that the link does not work. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `sign_in_link_unknown`: This sign-in link is unknown, used or too old. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "sign_in_link_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `records_unavailable`: The records are not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "records_unavailable" | "outcome_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    checkout: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the intention: the same for each repetition, another one for each new request. */
                "Idempotency-Key": string;
            };
            path: {
                hold: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Checkout"];
            };
        };
        responses: {
            /** @description The order. `Idempotency-Replayed: true` where it was made by an earlier request. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckedOut"];
                };
            };
            /**
             * @description `request_malformed`: The request is not valid HTTP.
             *
             *     `body_not_json`: The body is not valid JSON.
             *
             *     `body_key_repeated`: A key stands twice in the body.
             *
             *     `idempotency_key_missing`: This request needs an Idempotency-Key header.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed" | "body_not_json" | "body_key_repeated" | "idempotency_key_missing";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `payment_failed`: The payment did not succeed. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 402;
                        /** @enum {unknown} */
                        code?: "payment_failed";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `tier_unknown`: There is no such tier in this event.
             *
             *     `hold_unknown`: There is no such hold.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "tier_unknown" | "hold_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_already_confirmed`: This hold was already turned into tickets.
             *
             *     `hold_pinned_elsewhere`: This hold is being paid by another order.
             *
             *     `price_changed`: The total is not the one you expected.
             *
             *     `total_below_minimum`: The total is less than the payment provider takes.
             *
             *     `promo_ended`: This promo code is not valid any more.
             *
             *     `promo_used_up`: This promo code was used as often as it may be.
             *
             *     `order_not_pending`: This order is settled.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "hold_already_confirmed" | "hold_pinned_elsewhere" | "price_changed" | "total_below_minimum" | "promo_ended" | "promo_used_up" | "order_not_pending";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_released`: This hold was released.
             *
             *     `hold_expired`: This hold has expired.
             *
             *     `hold_unfulfilled`: This hold could not be fulfilled and is being refunded.
             *
             *     `hold_lost`: This hold was lost in a fault; reserve the same basket again.
             *
             *     `event_retired`: This event is closed for good.
             */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "hold_released" | "hold_expired" | "hold_unfulfilled" | "hold_lost" | "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is larger than 64 KB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `media_type_unsupported`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "media_type_unsupported";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_key_reused`: This Idempotency-Key was used for another request.
             *
             *     `promo_unknown`: There is no such promo code for this basket.
             *
             *     `input_invalid`: The request has invalid values.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "promo_unknown" | "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `payments_unavailable`: Payments are not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `checkout_busy`: Too many people are checking out at this moment.
             *
             *     `event_frozen`: This event is halted while its records are checked.
             *
             *     `inventory_unavailable`: The inventory is not available right now.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "payments_unavailable" | "outcome_unknown" | "checkout_busy" | "event_frozen" | "inventory_unavailable" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query?: {
                limit?: string;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderPage"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `input_invalid`: The request has invalid values. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `records_unavailable`: The records are not available right now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    showOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `order_unknown`: There is no such order. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "order_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    completeOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order, which is decided: `status` says how. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The order, which is not paid yet. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `tier_unknown`: There is no such tier in this event.
             *
             *     `order_unknown`: There is no such order.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "tier_unknown" | "order_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_already_confirmed`: This hold was already turned into tickets.
             *
             *     `order_not_pending`: This order is settled.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "hold_already_confirmed" | "order_not_pending";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hold_released`: This hold was released.
             *
             *     `hold_expired`: This hold has expired.
             *
             *     `hold_unfulfilled`: This hold could not be fulfilled and is being refunded.
             *
             *     `hold_lost`: This hold was lost in a fault; reserve the same basket again.
             *
             *     `event_retired`: This event is closed for good.
             */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "hold_released" | "hold_expired" | "hold_unfulfilled" | "hold_lost" | "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `payments_unavailable`: Payments are not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `inventory_unavailable`: The inventory is not available right now.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "payments_unavailable" | "outcome_unknown" | "inventory_unavailable" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order as it is after it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The order, whose payment is on its way: it ends one way or the other. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `order_unknown`: There is no such order. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "order_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `order_not_pending`: This order is settled. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "order_not_pending";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `event_retired`: This event is closed for good. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 410;
                        /** @enum {unknown} */
                        code?: "event_retired";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `payments_unavailable`: Payments are not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `inventory_unavailable`: The inventory is not available right now.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "payments_unavailable" | "outcome_unknown" | "inventory_unavailable" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    listTickets: {
        parameters: {
            query?: {
                limit?: string;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. `Link` with rel="next" leads to the following one, where there is one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketPage"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `input_invalid`: The request has invalid values. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "input_invalid";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `records_unavailable`: The records are not available right now. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    showTicket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ticket. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_unknown`: There is no such ticket. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "ticket_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
    showTicketQr: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description `request_malformed`: The request is not valid HTTP. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "request_malformed";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `session_required`: This request needs a session. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "session_required";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `ticket_unknown`: There is no such ticket. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "ticket_unknown";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `ticket_redeemed`: This ticket was used.
             *
             *     `ticket_refunding`: This ticket is being refunded.
             *
             *     `ticket_void`: This ticket is void.
             *
             *     `ticket_suspended`: This ticket is suspended while its payment is disputed.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "ticket_redeemed" | "ticket_refunding" | "ticket_void" | "ticket_suspended";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    } & components["schemas"]["Problem"];
                };
            };
            /** @description `internal_fault`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_fault";
                    } & components["schemas"]["Problem"];
                };
            };
            /**
             * @description `inventory_unavailable`: The inventory is not available right now.
             *
             *     `outcome_unknown`: The answer was lost; send the same request again.
             *
             *     `records_behind`: The records have not caught up yet.
             *
             *     `records_unavailable`: The records are not available right now.
             */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "inventory_unavailable" | "outcome_unknown" | "records_behind" | "records_unavailable";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
}
