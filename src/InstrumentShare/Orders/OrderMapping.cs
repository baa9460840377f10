using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Orders.Results;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Orders;

public sealed class OrderMapping : IEntityTypeConfiguration<TestItem>, IEntityTypeConfiguration<Order>, IEntityTypeConfiguration<OrderLine>, IEntityTypeConfiguration<Quote>,
    IEntityTypeConfiguration<Sample>, IEntityTypeConfiguration<SampleEvent>, IEntityTypeConfiguration<Batch>, IEntityTypeConfiguration<BatchSample>,
    IEntityTypeConfiguration<ResultFile>, IEntityTypeConfiguration<ResultDownload>
{
    public void Configure(EntityTypeBuilder<TestItem> builder)
    {
        builder.ToTable("test_items").HasKey(x => x.Id);
        builder.Ignore(x => x.Scope);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<Order> builder)
    {
        builder.ToTable("orders").HasKey(x => x.Id);
        builder.Property(x => x.Number).ValueGeneratedOnAdd();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    // Told that rows are written in the order that references need; nothing is navigated.
    public void Configure(EntityTypeBuilder<OrderLine> builder)
    {
        builder.ToTable("order_lines").HasKey(x => x.Id);
        builder.HasOne<Order>().WithMany().HasForeignKey(x => x.OrderId);
    }

    public void Configure(EntityTypeBuilder<Quote> builder)
    {
        builder.ToTable("order_quotes").HasKey(x => x.Id);
        builder.HasMoney(x => x.Total, "total");
        builder.Property(x => x.Lines).HasJson();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<Sample> builder)
    {
        builder.ToTable("order_samples").HasKey(x => x.Id);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<SampleEvent> builder)
    {
        builder.ToTable("sample_events").HasKey(x => x.Id);
        builder.HasOne<Sample>().WithMany().HasForeignKey(x => x.SampleId);
        builder.HasOne<Batch>().WithMany().HasForeignKey(x => x.BatchId);
    }

    public void Configure(EntityTypeBuilder<Batch> builder)
    {
        builder.ToTable("order_batches").HasKey(x => x.Id);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<BatchSample> builder)
    {
        builder.ToTable("batch_samples").HasKey(x => new { x.BatchId, x.SampleId });
        builder.HasOne<Batch>().WithMany().HasForeignKey(x => x.BatchId);
    }

    public void Configure(EntityTypeBuilder<ResultFile> builder) => builder.ToTable("result_files").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<ResultDownload> builder) => builder.ToTable("result_downloads").HasKey(x => x.Id);
}
