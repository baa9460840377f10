using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Billing;

/// <summary>
/// Charges a delivered order in the transaction of its delivery, at the price that was accepted. An order at no instrument has no
/// charge, since charges belong to instruments; its price stands in the order.
/// </summary>
public sealed class ChargeOrder(AppDb db, InstrumentRulesQuery instruments, PostCharges post, Caller caller, IClock clock) : IEventHandler<OrderDelivered>
{
    public async Task HandleAsync(OrderDelivered happened, CancellationToken cancel)
    {
        var (order, quote, now) = (happened.Order, happened.Quote, clock.GetCurrentInstant());
        if (order.InstrumentId is not { } id) return;
        var zone = (await instruments.OfAsync(id, cancel: cancel))!.InstitutionZone;
        var charge = new Charge
        {
            InstrumentId = id, Kind = ChargeKind.Charge, OrderId = order.Id, PersonId = order.PersonId, GroupId = order.GroupId, InstitutionId = order.InstitutionId, UserInstitutionId = order.UserInstitutionId,
            UserClass = order.UserClass, ServiceMode = ServiceMode.Entrusted, Amount = quote.Total, PricePolicyId = quote.Lines.Select(l => l.PolicyId).FirstOrDefault(p => p is not null), ServedOn = now.InZone(zone).Date,
            Seconds = happened.Seconds, Samples = happened.Measured, Inputs = new ChargeInputs(order.UserClass, null, null, null, null, happened.Measured, quote.CreatedAt.InZone(zone).Date, QuoteNumber: quote.Number),
            Explanation = StepsOf(quote), CreatedBy = caller.PersonId, CreatedAt = now,
        };
        charge.Issue(now);
        db.Add(charge);
        await post.IssueAsync(charge, cancel);
        db.AddEvent("charge.issued", now, charge.Id.Value, id.Value, charge.InstitutionId.Value, charge.PersonId.Value, new { charge.Amount, charge.Status, charge.OrderId });
    }

    /// <summary>How each line was priced, the lines, and their sum.</summary>
    private static Explanation StepsOf(Quote quote) => new(
    [
        .. quote.Lines.SelectMany(l => l.Steps.Steps.Where(s => s.Code != "charge.total").Append(new ExplanationStep(
            "charge.quoted", new Dictionary<string, string>(StringComparer.Ordinal) { ["label"] = l.Label, ["samples"] = l.Samples.ToString(CultureInfo.InvariantCulture) }, string.Empty, l.Amount.ToString()))),
        new ExplanationStep("charge.total", new Dictionary<string, string>(StringComparer.Ordinal), string.Join(" + ", quote.Lines.Select(l => l.Amount)), quote.Total.ToString()),
    ]);
}
