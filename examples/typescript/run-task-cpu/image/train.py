"""Trains a classifier on a table in Amazon S3 whose last column is the label, and writes the classifier to Amazon S3."""

import argparse
import io
import os
import pickle

import boto3
import pandas
from sklearn.neural_network import MLPClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--layers", default="64", help="sizes of the hidden layers, separated by commas")
parser.add_argument("--epochs", type=int, default=100)
options = parser.parse_args()

s3 = boto3.client("s3")
key = os.environ["INPUT_KEY"]
table = pandas.read_csv(io.BytesIO(s3.get_object(Bucket=os.environ["INPUT_BUCKET"], Key=key)["Body"].read()))
model = MLPClassifier([int(size) for size in options.layers.split(",")], max_iter=options.epochs)
model.fit(table.iloc[:, :-1], table.iloc[:, -1])

name = f"models/{os.path.basename(key)}.pickle"
s3.put_object(Bucket=os.environ["OUTPUT_BUCKET"], Key=name, Body=pickle.dumps(model))
print(f"wrote {name}, accuracy {model.score(table.iloc[:, :-1], table.iloc[:, -1]):.3f}")
