using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Quartz;

namespace InstrumentShare.Bookings;

public sealed class BookingsModule : Module
{
    public override IEnumerable<Permission> Permissions => BookingPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.my-bookings", "/bookings", "menu.work", 20, BookingPermissions.Create, "calendar"),
        new("menu.requests", "/manage/requests", "menu.manage", 20, BookingPermissions.Decide, "checklist"),
    ];

    public override IEnumerable<HomePart> HomeParts =>
    [
        new(typeof(Home.ComingBookings), 10, BookingPermissions.Create),
        new(typeof(Home.WaitingRequests), 20, BookingPermissions.Decide),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<BookingOptions>(configuration.GetSection(BookingOptions.Section));
        services.AddScoped<JudgeBooking>().AddScoped<PreviewBooking>().AddScoped<BookInstrument>().AddScoped<BookingChange>().AddScoped<RescheduleBooking>().AddScoped<CancelBooking>().AddScoped<DecideBooking>();
        services.AddScoped<BookingQueries>().AddScoped<CalendarQuery>();
        services.AddScoped<InstrumentShare.Catalog.IStandingBookings, StandingBookings>();
        services.AddSingleton<ExpireUnconfirmedBookings>().AddSingleton<CompletePastBookings>();
    }

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Every<ExpireUnconfirmedBookingsJob>(TimeSpan.FromMinutes(1));
        quartz.Every<CompletePastBookingsJob>(TimeSpan.FromMinutes(5));
    }

    public override void MapApi(RouteGroupBuilder api) => BookingApi.Map(api);
}
