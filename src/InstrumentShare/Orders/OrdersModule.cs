using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Bookings;
using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Pages;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Persistence;
using Quartz;

namespace InstrumentShare.Orders;

public sealed class OrdersModule : Module
{
    public override IEnumerable<Permission> Permissions => OrderPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.my-orders", "/orders", "menu.work", 25, OrderPermissions.Own, "test-pipe"),
        new("menu.orders", "/manage/orders", "menu.manage", 22, OrderPermissions.View, "test-pipe"),
        new("menu.test-items", "/manage/test-items", "menu.manage", 45, OrderPermissions.Quote, "list-check"),
    ];

    public override IEnumerable<MailKind> MailKinds =>
    [
        new("order.submitted", MayBeOff: true), new("order.quoted", MayBeOff: false), new("order.accepted", MayBeOff: true), new("order.quote-refused", MayBeOff: true), new("order.quote-expired", MayBeOff: false),
        new("order.declined", MayBeOff: false), new("order.withdrawn", MayBeOff: true), new("order.cancelled", MayBeOff: false),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<TestItemQueries>().AddScoped<SaveTestItem>().AddSingleton(new InstrumentPart(typeof(OrdersOfInstrument)));
        services.AddScoped<OrderChange>().AddScoped<OrderNews>().AddScoped<OrderQueries>().AddScoped<IPersonalDataSource, OrderQueries>().AddScoped<PlaceOrder>().AddScoped<EndOrder>();
        services.AddScoped<QuoteOrder>().AddScoped<DecideQuote>().AddSingleton<ExpireQuotes>();
    }

    public override void AddJobs(IQuartzBuilder quartz) => quartz.Every<ExpireQuotesJob>(TimeSpan.FromMinutes(5));

    public override void MapApi(RouteGroupBuilder api)
    {
        OrderApi.Map(api);
        TestItemApi.Map(api);
    }
}
