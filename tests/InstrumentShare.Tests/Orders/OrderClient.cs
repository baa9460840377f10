using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Orders.Items;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Orders;

/// <summary>A lab that takes samples, its manager, and a customer of another institution.</summary>
internal sealed record Lab(Institution Institution, Instrument Instrument, TestItem Item, HttpClient Manager, Person ManagerPerson, Person Customer, HttpClient Api)
{
    public static async Task<Lab> OfAsync(TestHost host)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        await host.Given.PricesAsync(instrument);
        var item = await host.Given.TestItemAsync(institution, instrument);
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var customer = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        return new Lab(institution, instrument, item, await host.ApiAsync(manager), manager, customer, await host.ApiAsync(customer));
    }
}

/// <summary>What programs send and read.</summary>
internal static class OrderClient
{
    public const string Root = "/api/v1/orders";

    public static object Order(Lab lab, int samples = 3, bool submit = true, bool wantsReturn = false) => new
    {
        instrumentId = lab.Instrument.Id.Value, purpose = "晶粒尺寸", submit,
        lines = new[] { new { testItemId = lab.Item.Id.Value, samples, description = "铝合金", form = "solid", hazards = new[] { "magnetic" }, wantsReturn } },
    };

    public static async Task<JsonElement> PlacedAsync(this Lab lab, int samples = 3, bool submit = true, bool wantsReturn = false) =>
        await (await lab.Api.PostAsJsonAsync(Root, Order(lab, samples, submit, wantsReturn))).JsonAsync(HttpStatusCode.Created);

    public static Task<HttpResponseMessage> QuoteAsync(this Lab lab, JsonElement order, string validUntil = "2026-03-31", int minutes = 90) =>
        lab.Manager.PostAsJsonAsync($"{Root}/{Id(order)}/quotes", new { validUntil, lines = new[] { new { orderLineId = order.GetProperty("lines")[0].GetProperty("id").GetGuid(), minutes } } });

    public static async Task<JsonElement> QuotedAsync(this Lab lab, int samples = 3, bool wantsReturn = false) => await (await lab.QuoteAsync(await lab.PlacedAsync(samples, wantsReturn: wantsReturn))).JsonAsync(HttpStatusCode.Created);

    public static Task<HttpResponseMessage> AcceptAsync(this Lab lab, JsonElement order, int quote = 0) => lab.Api.PostAsync($"{Root}/{Id(order)}/quotes/{QuoteId(order, quote)}/accept", null);

    public static async Task<JsonElement> AcceptedAsync(this Lab lab, int samples = 3, bool wantsReturn = false) => await (await lab.AcceptAsync(await lab.QuotedAsync(samples, wantsReturn))).JsonAsync(HttpStatusCode.OK);

    public static Guid Id(JsonElement order) => order.GetProperty("id").GetGuid();

    /// <summary>Newest first.</summary>
    public static Guid QuoteId(JsonElement order, int at = 0) => order.GetProperty("quotes")[at].GetProperty("id").GetGuid();

    public static string Status(this JsonElement order) => order.GetProperty("status").GetString()!;

    public static string? Price(this JsonElement order) => order.GetProperty("price") is { ValueKind: JsonValueKind.Object } price ? price.GetProperty("amount").GetString() : null;
}
