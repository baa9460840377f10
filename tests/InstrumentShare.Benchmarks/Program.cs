using InstrumentShare.Benchmarks;

if (Settings.Read(args) is not { } settings)
{
    Console.WriteLine(Settings.Usage);
    return 1;
}

await using var bench = await Bench.StartAsync(settings);
if (settings.What.Contains("bookings")) await BookingsBenchmark.RunAsync(bench);
if (settings.What.Contains("calendar"))
{
    await CalendarBenchmark.RunAsync(bench);
    await CalendarBenchmark.RunManyAsync(bench);
}
if (settings.What.Contains("search")) await SearchBenchmark.RunAsync(bench);
if (settings.What.Contains("subsidy")) await SubsidyBenchmark.RunAsync(bench);
return 0;
