using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Bookings;
using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Pages;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Orders.Results;
using InstrumentShare.Orders.Results.Pages;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Orders.Samples.Pages;
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
        new("menu.batches", "/manage/batches", "menu.manage", 24, OrderPermissions.Handle, "stack"),
        new("menu.test-items", "/manage/test-items", "menu.manage", 45, OrderPermissions.Quote, "list-check"),
    ];

    public override IEnumerable<MailKind> MailKinds =>
    [
        new("order.submitted", MayBeOff: true), new("order.quoted", MayBeOff: false), new("order.accepted", MayBeOff: true), new("order.quote-refused", MayBeOff: true), new("order.quote-expired", MayBeOff: false),
        new("order.declined", MayBeOff: false), new("order.withdrawn", MayBeOff: true), new("order.cancelled", MayBeOff: false),
        new("order.received", MayBeOff: true), new("order.delivered", MayBeOff: false), new("order.samples-returned", MayBeOff: true), new("order.discard-announced", MayBeOff: false), new("order.result-added", MayBeOff: true), new("order.result-expires", MayBeOff: false),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoped<TestItemQueries>().AddScoped<SaveTestItem>().AddSingleton(new InstrumentPart(typeof(OrdersOfInstrument)));
        services.AddScoped<OrderChange>().AddScoped<OrderNews>().AddScoped<OrderQueries>().AddScoped<IPersonalDataSource, OrderQueries>().AddScoped<PlaceOrder>().AddScoped<EndOrder>();
        services.AddScoped<QuoteOrder>().AddScoped<DecideQuote>().AddSingleton<ExpireQuotes>();
        services.AddScoped<SampleQueries>().AddScoped<ReceiveSamples>().AddScoped<ChangeBatches>().AddScoped<LeaveSamples>().AddScoped<FinishOrder>().AddSingleton(new OrderPart(typeof(SamplesOfOrder)));
        services.Configure<OrderOptions>(configuration.GetSection(OrderOptions.Section));
        services.AddScoped<IResultStore, DatabaseResultStore>().AddScoped<UploadResult>().AddScoped<DownloadResult>().AddScoped<ResultQueries>().AddSingleton<ExpireResults>().AddSingleton(new OrderPart(typeof(ResultsOfOrder)));
    }

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Every<ExpireQuotesJob>(TimeSpan.FromMinutes(5));
        quartz.Every<ExpireResultsJob>(TimeSpan.FromHours(1));
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        OrderApi.Map(api);
        TestItemApi.Map(api);
        SampleApi.Map(api);
        ResultApi.Map(api);
    }
}
